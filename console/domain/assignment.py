"""One agency or unit on one incident, with its own status.

Facts from the field are never refused: they come late, twice, out of order or not at all. Each fact is kept
with the time it occurred, and the status is what the facts together say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from console.domain.conflict import By
from console.domain.words import Labelled


class Role(Labelled):
    LEAD = "lead", "主办", "Lead"
    ASSIST = "assist", "协办", "Assist"
    SUPERVISE = "supervise", "督办", "Supervise"  # is told and watches; does not do the work


class Way(Labelled):
    """How an assignment came to its agency."""

    DISPATCH = "dispatch", "派遣", "Dispatched"
    UP = "up", "上报", "Reported up"
    DOWN = "down", "下派", "Delegated"
    TRANSFER = "transfer", "转派", "Transferred"
    WHISTLE = "whistle", "吹哨", "Whistle"
    AID = "aid", "支援", "Mutual aid"
    ESCALATION = "escalation", "升级", "Escalated"


class Status(Labelled):
    NOTIFIED = "notified", "已派", "Notified"
    ACKNOWLEDGED = "acknowledged", "签收", "Acknowledged"
    EN_ROUTE = "en_route", "出动", "En route"
    ON_SCENE = "on_scene", "到场", "On scene"
    WORKING = "working", "处置中", "Working"
    DONE = "done", "完成", "Done"
    DECLINED = "declined", "退回", "Declined"
    RECALLED = "recalled", "撤回", "Recalled"
    STOOD_DOWN = "stood_down", "解除", "Stood down"

    @property
    def rank(self) -> int:
        return self.place

    @property
    def open(self) -> bool:
        """Still holds the unit."""
        return self not in (Status.DONE, Status.DECLINED, Status.RECALLED, Status.STOOD_DOWN)


@dataclass(frozen=True, slots=True)
class Assignment:
    id: str
    incident: str
    agency: str
    role: Role
    unit: str | None = None
    travel_s: float | None = None  # estimated at dispatch
    ack_due_at: datetime | None = None
    times: Mapping[str, datetime] = field(default_factory=dict)  # status code -> when it occurred
    scope: str = ""  # the agency's path: whose desks see the incident through this
    by: By | None = None  # who sent it
    way: Way = Way.DISPATCH
    round: int = 1  # of its incident, when it was sent
    arrive_due_at: datetime | None = None
    origin: str | None = None  # the assignment that this one came out of: transferred, or sent on further below
    reason: str = ""  # why it was sent; then why it was declined, recalled or transferred

    @property
    def status(self) -> Status:
        """What the facts say: the latest to occur, and of two at one moment the one further along.

        Raises `ValueError` for a code that is no status.
        """
        latest: Status | None = None
        since: datetime | None = None
        for code, at in self.times.items():
            status = Status.of(code)
            if latest is None or since is None or (at, status.place) > (since, latest.place):
                latest, since = status, at
        return latest or Status.NOTIFIED

    @property
    def works(self) -> bool:
        """Its facts speak for the incident: it was not sent back or called off, and is no mere onlooker."""
        return self.role is not Role.SUPERVISE and self.status not in (Status.DECLINED, Status.RECALLED)

    def at(self, status: Status) -> datetime | None:
        return self.times.get(status.value)

    def recorded(self, status: Status, occurred_at: datetime, reason: str = "") -> "Assignment":
        """This assignment with one more fact. The first report of a status keeps its time."""
        known = self.times.get(status.value)
        if known is not None and known <= occurred_at:
            return self
        return replace(self, times={**self.times, status.value: occurred_at}, reason=reason or self.reason)

    def recalled(self, at: datetime, reason: str = "") -> "Assignment":
        """This assignment called off; not before what the field said by a clock ahead, or it would not count."""
        return self.recorded(Status.RECALLED, max([at, *self.times.values()]), reason)

    def retracted(self, status: Status, occurred_at: datetime) -> "Assignment":
        """This assignment without a fact that was a slip of the hand; as it is when it has no such fact."""
        if self.times.get(status.value) != occurred_at:
            return self
        return replace(self, times={code: at for code, at in self.times.items() if code != status.value})

    def unacknowledged(self, now: datetime) -> bool:
        """Past its time to acknowledge."""
        return self.status is Status.NOTIFIED and self.ack_due_at is not None and now > self.ack_due_at
