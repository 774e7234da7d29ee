"""A call that has come in and rings until somebody takes it. It is no incident: it never files itself."""

from dataclasses import dataclass
from datetime import datetime

from console.domain.conflict import By
from console.domain.intake import Call
from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label, Labelled


class Channel(Labelled):
    """The way by which somebody reports something."""

    POLICE = "110", "110", "110 police"
    FIRE = "119", "119", "119 fire"
    AMBULANCE = "120", "120", "120 ambulance"
    HOTLINE = "12345", "12345", "12345 hotline"
    GRID = "grid", "网格员", "Grid officer"
    AGENCY = "agency", "其他单位", "Other agency"
    WALK_IN = "walk_in", "来人", "Walk-in"
    RADIO = "radio", "电台", "Radio"
    PHONE = "phone", "电话", "Phone"
    APP = "app", "小程序", "App"


class DismissReason(Labelled):
    """Why a call wants nothing done."""

    MISTAKE = "mistake", "误拨、无人应答", "Wrong number or nobody there"
    NUISANCE = "nuisance", "骚扰、虚报", "Nuisance or false report"
    ANSWERED = "answered", "咨询,已答复", "A question, answered"
    PASSED_ON = "passed_on", "不属本辖区,已转告", "Not of this area, passed on"
    KNOWN = "known", "已知晓,不另处理", "Known already"


class CallState(Labelled):
    WAITING = "waiting", "待接", "Waiting"
    TAKEN = "taken", "已接", "Taken"
    DISMISSED = "dismissed", "不处理", "Dismissed"


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """What a caller says, as it was told. What was not told stays empty: nothing is made up for it."""

    id: str
    area: str  # path: it rings at the desks that see this
    channel: Channel
    received_at: datetime
    text: Label
    caller: Label | None = None
    number: str = ""  # the caller's; never in the log
    title: Label | None = None
    matter: str = ""  # a hint: a code of the lists, or the sender's own word
    level: Level | None = None
    place: Label | None = None
    at: Point | None = None
    source: str = ""  # the service account that brought it; empty for a desk or a scenario
    source_id: str = ""  # and its own id there
    state: CallState = CallState.WAITING
    by: By | None = None  # who took or dismissed it
    incident: str | None = None  # that it opened or was added to
    reason: str = ""  # why it was dismissed

    @property
    def open(self) -> bool:
        return self.state is CallState.WAITING


def ringing(call: Call, *, id: str, area: str, now: datetime) -> IncomingCall:
    """A scenario's call, as one that has come in."""
    return IncomingCall(
        id=id,
        area=area,
        channel=Channel.PHONE,
        received_at=now,
        text=call.text,
        caller=call.caller,
        title=call.title,
        matter=call.matter,
        level=call.level,
        place=call.place,
        at=call.at,
    )
