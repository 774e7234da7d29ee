"""How an operation is told in the inbox: what it is about, its fields, and the names of what it means."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.desk.state import State
from console.domain.assignment import Assignment
from console.domain.incoming import IncomingCall
from console.domain.pack import Pack
from console.domain.words import Label, Labelled
from widgets.inbox_view import InboxField

INCIDENT, ALARM, TEXT = Label("事件", "Incident"), Label("告警", "Alarm"), Label("内容", "Text")
TITLE, PLACE, LEVEL = Label("标题", "Title"), Label("地点", "Place"), Label("等级", "Level")
TIME, WHO, VALUE = Label("时间", "Time"), Label("谁", "Who"), Label("数值", "Value")
REASON, TO, INTO = Label("原因", "Reason"), Label("给", "To"), Label("并入", "Into")
CAMERA = Label("视频", "Camera")
DOT = Label("·", "·")


@dataclass
class Told:
    """An operation in words: what it is about, what it says, and the incident it belongs to."""

    about: list[Label]
    fields: list[InboxField]
    incident: str | None = None


class Names:
    """The names that the desk knows."""

    def __init__(self, pack: Pack, state: State) -> None:
        self.pack, self.state = pack, state

    def code(self, id: str) -> Label:
        incident = self.state.incidents.get(id)
        return as_typed(incident.code) if incident else short(id)

    def incident(self, id: str) -> Label:
        incident = self.state.incidents.get(id)
        return joined(" ", as_typed(incident.code), incident.title) if incident else short(id)

    def alarm(self, id: str) -> Label:
        alarm = self.state.alarms.get(id)
        return alarm.title if alarm else short(id)

    def call(self, call: IncomingCall) -> list[InboxField]:
        return [
            choice("call.channel", Label("来源", "Channel"), call.channel),
            *typed("call.caller", WHO, call.caller),
            field("call.text", TEXT, call.text, editable=True),
            *typed("call.place", PLACE, call.place),
            moment("call.received_at", call.received_at),
        ]

    def agency(self, id: str) -> Label:
        agency = self.pack.agencies.get(id)
        return agency.name if agency else short(id)

    def sent(self, assignment: Assignment) -> Label:
        """The unit, or the agency where no unit was named."""
        unit = self.pack.units.get(assignment.unit or "")
        return unit.name if unit else self.agency(assignment.agency)

    def of_incident(self, id: str | None) -> list[InboxField]:
        return [field("incident", INCIDENT, self.incident(id))] if id else []


def field(key: str, name: Label, value: Label | str, *, editable: bool = False) -> InboxField:
    return InboxField(key, name, value, editable)


def choice(key: str, name: Label, value: Labelled) -> InboxField:
    """One of its kind; another of them may be chosen."""
    choices = tuple((each.value, each.label) for each in type(value))
    return InboxField(key, name, value.label, True, choices, value.value)


def typed(key: str, name: Label, text: Label | None) -> list[InboxField]:
    """A text that may not be there."""
    return [field(key, name, text, editable=True)] if text is not None else []


def moment(key: str, at: datetime, name: Label = TIME) -> InboxField:
    return field(key, name, clock(at))


def clock(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def as_typed(text: str) -> Label:
    return Label(text, text)


def short(id: str) -> Label:
    """What has no name here: the end of its id, which is what differs."""
    return as_typed(f"…{id[-6:]}")


def joined(between: str, *labels: Label) -> Label:
    return Label(between.join(each.zh for each in labels), between.join(each.en for each in labels))


def listed(labels: Iterable[Label]) -> Label:
    labels = list(labels)
    return Label("、".join(each.zh for each in labels), ", ".join(each.en for each in labels))
