"""From values to alarms: one alarm per episode, raised again only when it gets worse, ended past recovery."""

from console.domain.alarm import Alarm, AlarmState
from console.domain.area import lies_in
from console.domain.indicator import Indicator, Reading
from console.domain.level import Level
from console.domain.operation import FollowAlarm, RaiseAlarm
from console.domain.pack import Pack
from console.domain.words import Label


def home(indicator: Indicator, pack: Pack) -> str:
    """Where a series belongs: the path of its owner where that is of this centre, else the centre's own."""
    owner = pack.agencies.get(indicator.agency or "")
    return owner.path if owner and lies_in(owner.path, pack.area) else pack.area


def alarm_area(indicator: Indicator, pack: Pack) -> str:
    """The area at which an alarm of a series is raised."""
    return home(indicator, pack).partition("/@")[0]


def watch(
    indicator: Indicator, reading: Reading, active: Alarm | None, *, new_id: str, area: str
) -> RaiseAlarm | FollowAlarm | None:
    """What one value of a series calls for, given the series' active alarm."""
    level = indicator.level(reading.value, active.level if active else None)
    if active is None:
        if level is None:
            return None
        return RaiseAlarm(_alarm(indicator, reading, level, new_id, area))
    if level is None:
        return FollowAlarm(active.id, active.level, active.value, active.title, returned_at=reading.at)
    if level.rank > active.level.rank:
        title = alarm_title(indicator, reading.value, level)
        return FollowAlarm(active.id, level, reading.value, title)
    return None


def alarm_title(indicator: Indicator, value: float, level: Level) -> Label:
    """`立沙桥水位 3.42 m 超橙色限` / `Lisha Bridge level 3.42 m, over the orange limit`."""
    figure = f"{value:.{indicator.decimals}f} {indicator.measure}".strip()
    over, over_en = ("超", "over") if indicator.rising else ("低于", "under")
    return Label(
        f"{indicator.name.zh} {figure} {over}{level.label.zh}限",
        f"{indicator.name.en} {figure}, {over_en} the {level.label.en.lower()} limit",
    )


def _alarm(indicator: Indicator, reading: Reading, level: Level, id: str, area: str) -> Alarm:
    limit = next(limit.at for limit in indicator.limits if limit.level is level)
    return Alarm(
        id=id,
        indicator=indicator.id,
        title=alarm_title(indicator, reading.value, level),
        place=indicator.place,
        at=indicator.at,
        level=level,
        state=AlarmState.UNACKNOWLEDGED,
        raised_at=reading.at,
        value=reading.value,
        limit=limit,
        measure=indicator.measure,
        matter=indicator.matter,
        area=area,
    )
