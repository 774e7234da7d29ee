"""How an incident opens filled in: from a confirmed alarm, or from a call."""

from collections.abc import Mapping
from datetime import datetime

from console.domain.alarm import Alarm
from console.domain.duty import Matter
from console.domain.incident import Incident, Stage
from console.domain.incoming import IncomingCall
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.words import Label


def from_alarm(alarm: Alarm, matter: Matter, pack: Pack, *, id: str, number: int, now: datetime) -> Incident:
    """An alarm without a place of its own is put where the pack's map opens."""
    return Incident(
        id=id,
        number=number,
        matter=matter.code,
        title=matter.name,
        place=alarm.place,
        at=alarm.at or pack.at,
        level=alarm.level,
        stage=Stage.ACCEPTED,
        stages=matter.stages,
        opened_at=now,
        source=Label("指标告警", "Indicator alarm"),
        alarm=alarm.id,
        area=alarm.area or pack.area,
        entered={Stage.ACCEPTED.value: now},
    )


def from_call(
    call: IncomingCall,
    matter: Matter,
    at: Point,
    area: str,
    *,
    id: str,
    number: int,
    now: datetime,
    form: Mapping[str, str] | None = None,
) -> Incident:
    """What the call does not say is as the matter usually is. `area` is the path of whoever takes it."""
    return Incident(
        id=id,
        number=number,
        matter=matter.code,
        title=call.title or matter.name,
        place=call.place or Label("", ""),
        at=at,
        level=call.level or matter.level,
        stage=Stage.ACCEPTED,
        stages=matter.stages,
        opened_at=call.received_at,
        source=call.channel.label,
        area=area,
        entered={Stage.ACCEPTED.value: now},
        form=form or {},
    )
