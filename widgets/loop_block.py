"""The closed loop inside the incident's panel: what waits for a word, what runs, which moves there are, and the form.

`IncidentPanel` lays out the parts; here is what they show and what they say.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from console.domain.duty import Limit
from console.domain.incident import Incident, SideState
from console.domain.request import Request, RequestKind
from console.domain.stages import Move
from widgets.act_form import ActForm, Given, wants_form
from widgets.incident_detail import IncidentDetail, Merged, Similar
from widgets.keys import on_key_in_sight
from widgets.lang import show
from widgets.move_bar import MoveBar
from widgets.strip import Said, Strips
from widgets.timer_list import TimerList
from widgets.times import clock, lasting

TOLD_FOR = timedelta(hours=24)  # an answer is shown so long


class LoopBlock(QObject):
    moved = Signal(object)  # Given, of a Move
    requested = Signal(object)  # Given, of a RequestKind
    answered = Signal(str, bool, str)  # request, granted, why not
    mergeWanted = Signal(str, str)  # incident, the one it is the same as
    apartSaid = Signal(str, str)  # two incidents that are not the same
    unmergeWanted = Signal(str)  # incident
    opened = Signal(str)  # incident
    formOpened = Signal(object)  # the form, to be scrolled to

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._detail: IncidentDetail | None = None
        self._now: datetime | None = None
        self.strips = Strips(self._meant, panel)
        self.timers = TimerList(panel)
        self.form = ActForm(panel)
        self.bar = MoveBar(panel)
        self.bar.asked.connect(self._ask)
        self.form.given.connect(self._given)
        for key, meant in (
            ("Shift+Y", "grant"),
            ("Shift+N", "refuse"),
            ("Shift+M", "merge"),
            ("I", "apart"),
            ("Shift+U", "unmerge"),
        ):
            on_key_in_sight(panel, key, partial(self.press, meant))
        panel.installEventFilter(self)
        self.retranslate()

    def show_detail(self, detail: IncidentDetail, now: datetime) -> None:
        self._detail, self._now = detail, now
        self.bar.show_moves(detail)
        own = [row for row in detail.timers if row.timer.limit is not Limit.HANDLE]  # that one is in the facts
        self.timers.show_timers(tuple(own), now)
        self.form.turn_to(detail.incident.id)
        self.strips.show_strips(self._said(detail, now))

    def waiting(self, meant: str) -> int:
        """How many strips have such a key."""
        return sum(meant in strip.hints for strip in self.strips.strips())

    def press(self, meant: str) -> None:
        """The first strip that has such a key."""
        for strip in self.strips.strips():
            if meant in strip.hints:
                self._meant(strip.said.id, meant)
                return

    def retranslate(self) -> None:
        self.bar.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return super().eventFilter(watched, event)

    # -- what is said

    def _ask(self, act: Move | RequestKind) -> None:
        """A move that wants nothing more is made at once."""
        if self._detail is None or self._now is None:
            return
        incident = self._detail.incident
        if not wants_form(act):
            self.moved.emit(Given(incident.id, act, ""))
            return
        self.form.open(incident, act, self._now)
        self.formOpened.emit(self.form)

    def _given(self, given: Given) -> None:
        match given.act:
            case Move():
                self.moved.emit(given)
            case RequestKind():
                self.requested.emit(given)
            case Request(id):
                self.answered.emit(id, False, given.reason)

    def _meant(self, id: str, meant: str) -> None:
        """A key of a strip. Its id is that of the request or incident it is about."""
        detail = self._detail
        if detail is None or self._now is None:
            return
        mine = detail.incident
        match meant:
            case "grant":
                self.answered.emit(id, True, "")
            case "refuse":
                request = next(one for one in detail.requests if one.id == id)
                self.form.open(mine, request, self._now)
                self.formOpened.emit(self.form)
            case "merge":
                self.mergeWanted.emit(mine.id, id)
            case "apart":
                self.apartSaid.emit(mine.id, id)
            case "unmerge":
                self.unmergeWanted.emit(id)
            case "open":
                self.opened.emit(id)
            case "resume":
                self.bar.ask(Move.RESUME)

    # -- strips

    def _said(self, detail: IncidentDetail, now: datetime) -> list[Said]:
        found: list[Said] = []
        mine = detail.incident
        if detail.into is not None:
            text = self.tr("已并入 {into},在那里办理").format(into=_named(detail.into))
            there = Said(detail.into.id, text, (("", self.tr("去看"), "open"),))
            if detail.levels.elsewhere:
                return [there]
            return [
                there,
                Said(mine.id, self.tr("不是同一件?"), (("Shift+U", self.tr("拆开"), "unmerge"),), quiet=True),
            ]
        if mine.held:
            found.append(self._hold(detail, now))
        found += [self._waiting(request, now) for request in detail.requests if request.open]
        if detail.similar:
            found.append(self._similar(mine, detail.similar[0]))
        found += [self._contains(merged, now) for merged in detail.merged]
        if detail.levels.elsewhere:  # what only whose it is decides
            found = [replace(said, keys=()) for said in found]
        answers = [one for one in detail.requests if one.answered and now - one.answered.at < TOLD_FOR]
        answers = [one for one in answers if not (mine.held and one.kind is RequestKind.HOLD)]  # the hold says it
        if answers and mine.open:
            found.append(self._answer(max(answers, key=lambda one: one.answered.at if one.answered else now), now))
        return found

    def _hold(self, detail: IncidentDetail, now: datetime) -> Said:
        mark = detail.incident.marks[SideState.ON_HOLD.value]
        holds = [one for one in detail.requests if one.kind is RequestKind.HOLD and one.granted]
        until = holds[-1].due_at if holds else None
        text = self.tr("挂账中,停表 · {who} {at}:{reason}").format(
            who=show(mark.by.name), at=clock(mark.by.at, now), reason=mark.reason
        )
        over = until is not None and now > until
        if until is not None:
            words = self.tr(" · 已到期({at})") if over else self.tr(" · 至 {at}")
            text += words.format(at=clock(until, now))
        role = "yellow" if over else "line"
        return Said("hold", text, (("Shift+H", show(Move.RESUME.label), "resume"),), role)

    def _waiting(self, request: Request, now: datetime) -> Said:
        text = self.tr("{kind}申请待审批 · {who} {at}:{reason}").format(
            kind=show(request.kind.label),
            who=show(request.by.name),
            at=clock(request.by.at, now),
            reason=request.reason,
        )
        if request.due_at is not None:
            text += self.tr(" · 至 {at}").format(at=clock(request.due_at, now))
        keys = (("Shift+Y", self.tr("批准"), "grant"), ("Shift+N", self.tr("不批准"), "refuse"))
        return Said(request.id, text, keys, "primary_line")

    def _answer(self, request: Request, now: datetime) -> Said:
        assert request.answered is not None
        words = (
            self.tr("{kind}申请已批准 · {who} {at}") if request.granted else self.tr("{kind}申请未批准 · {who} {at}")
        )
        text = words.format(
            kind=show(request.kind.label), who=show(request.answered.name), at=clock(request.answered.at, now)
        )
        return Said(request.id, f"{text}:{request.answer}" if request.answer else text, quiet=True)

    def _similar(self, mine: Incident, other: Similar) -> Said:
        apart = mine.opened_at - other.incident.opened_at
        when = lasting(abs(apart))
        words = (
            self.tr("可能与 {other} 相同({far} m,早 {when})")
            if apart >= timedelta(0)
            else self.tr("可能与 {other} 相同({far} m,晚 {when})")
        )
        text = words.format(other=_named(other.incident), far=round(other.metres), when=when)
        keys = (("Shift+M", self.tr("合并"), "merge"), ("I", self.tr("不是"), "apart"))
        return Said(other.incident.id, text, keys, "primary_line")

    def _contains(self, merged: Merged, now: datetime) -> Said:
        text = self.tr("含 {other} · {at}").format(
            other=_named(merged.incident), at=clock(merged.incident.opened_at, now)
        )
        if merged.caller is not None:
            text += " · " + show(merged.caller)
        return Said(merged.incident.id, text, (("Shift+U", self.tr("拆开"), "unmerge"),))


def _named(incident: Incident) -> str:
    return f"{incident.code} {show(incident.title)}"
