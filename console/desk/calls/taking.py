"""Calls at the desk: what rings is answered, what is told is written down, and an incident opens with its proposal."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from console.desk.calls.gazetteer import Gazetteer
from console.desk.calls.known import matters_like, offer_rows, same_rows
from console.desk.control import Controller
from console.desk.session import utc_now
from console.desk.throttle import Throttle
from console.desk.window import DeskWindow
from console.domain.answering import DismissCall, JoinCall, TakeCall
from console.domain.conflict import By, CasualtyReport
from console.domain.duplicates import reported_already
from console.domain.duty import Matter
from console.domain.incident import Incident
from console.domain.incoming import Channel, IncomingCall
from console.domain.level import Level
from console.domain.merging import ReportCasualties
from console.domain.opening import from_call
from console.domain.place import Point
from console.domain.proposal import Proposal
from console.domain.words import Label
from console.store.ids import new_id
from widgets.calls.draft import CallDraft
from widgets.calls.panel import MOST_SAME, About, CallPanel
from widgets.calls.strip import CallStrip
from widgets.finders import Finders
from widgets.lang import show

LOOK_MS = 120  # after a stroke, before it is looked at what is known
FRESH = timedelta(seconds=30)  # a proposal of a call that came longer ago is worked out anew as its incident opens
Key = tuple[str, Point, Level | None]

translate = QCoreApplication.translate


class Calls(QObject):
    """Owns the panel of calls and the line that rings."""

    rang = Signal()  # a call that was not there before
    draftChanged = Signal()
    left = Signal()  # nothing is written down: the keyboard goes back to where it was

    def __init__(self, control: Controller, window: DeskWindow, gazetteer: Gazetteer) -> None:
        super().__init__(window)
        self._control, self._window, self._gazetteer = control, window, gazetteer
        self.session = control.session
        self.panel: CallPanel = window.panels.call
        self.strip = CallStrip()
        window.add_strip(self.strip)
        self._heard = set(self.session.state.calls)
        self._previews: dict[str, tuple[Key, Proposal | None]] = {}  # by draft: what it was worked out for
        self._looked: Point | None = None
        self._looking = Throttle(self._look, self, at_least_ms=LOOK_MS)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(lambda: self.strip.set_now(utc_now()))
        finders = Finders(partial(matters_like, self.session), gazetteer.find, self._matter)
        self.panel.use(finders)
        window.panels.incident.use(finders)
        self.panel.changed.connect(lambda _draft: self._looking.ask())
        self.panel.draftsChanged.connect(self._drafts_changed)
        self.panel.opened.connect(self.open)
        self.panel.joined.connect(self.join)
        self.panel.dismissed.connect(self.dismiss)
        self.panel.pickRequested.connect(lambda: control.pick(self._picked))
        self.panel.left.connect(self._put_away)
        self.strip.answered.connect(self.answer)
        self.strip.takenAsTold.connect(self.take_as_told)
        self.session.changed.connect(self._changed)
        self._show_ringing()

    # -- beginning

    def begin(self, told: str = "") -> None:
        """Write a call down. `told` may say what and where: "内涝 万达广场 门口积水"."""
        if not self._may():
            return
        draft = CallDraft(new_id(), new_id(), utc_now().isoformat())
        self._write_down(self._told(draft, told.split()))

    def answer(self, id: str = "") -> None:
        """Take a call that rings, the longest when none is named: it is found filled in as it is told."""
        call = self.session.state.calls.get(id) or next(iter(self.ringing()), None)
        if call is not None and self._may():
            self._write_down(self._of(call))

    def take_as_told(self, id: str) -> None:
        """An incident opens from what the caller says, as it stands."""
        call = self.session.state.calls.get(id)
        if call is not None and self._may() and not self._untold(call):
            self.open(self._of(call))

    def resume(self) -> None:
        """Go on with the next of those put aside."""
        if self.panel.all():
            self._window.go_to("call")
            self.panel.next()

    def why_not(self) -> str:
        """Why calls cannot be taken here."""
        mine = self.session.commands(self.session.area)
        return "" if mine else translate("calls", "没有接报的权限")

    def _may(self) -> bool:
        """Whether they can; says why not."""
        if refused := self.why_not():
            self._control.told.emit(refused)
        return not refused

    def ringing(self) -> list[IncomingCall]:
        """Those that nobody has taken, here or elsewhere, the longest first."""
        taken = {draft.call for draft in self.panel.all()}
        return [call for call in self.session.state.waiting_calls() if call.id not in taken]

    def _write_down(self, draft: CallDraft) -> None:
        self._window.raise_()
        self._window.activateWindow()
        self._window.go_to("call")
        self.panel.begin(draft)

    def _told(self, draft: CallDraft, words: list[str]) -> CallDraft:
        if words and (matters := matters_like(self.session, words[0])):
            matter = matters[0].data
            assert isinstance(matter, Matter)
            draft, words = replace(draft, matter=matter.code), words[1:]
        if words and (places := self._gazetteer.find(words[0])):
            at = places[0].data
            assert isinstance(at, Point)
            draft, words = draft.located(places[0].insert, places[0].insert, at), words[1:]
        return replace(draft, said=" ".join(words))

    def _of(self, call: IncomingCall) -> CallDraft:
        """A call that rings, as it is told."""
        known = self._matter(call.matter)
        draft = CallDraft(
            new_id(),
            call.id,
            call.received_at.isoformat(),
            channel=str(call.channel.value),
            caller=show(call.caller) if call.caller else "",
            number=call.number,
            said=show(call.text),
            matter=known.code if known else "",
            typed="" if known else call.matter,
            level=str(call.level.value) if call.level else "",
            rang=True,
        )
        place = show(call.place) if call.place else ""
        at = call.at
        if at is None and place:
            at = self._gazetteer.place(place)
        if at is not None and not place:
            place = self._gazetteer.name_of(at)
        return draft.located(place, place if at else "", at)

    # -- ending

    def open(self, draft: CallDraft) -> None:
        """Its incident opens with its proposal, and is shown."""
        incident = self._incident(draft, self.session.take_number())
        if incident is None:
            return
        key, proposal = self._previews.pop(draft.id, (None, None))
        offered = proposal if key == (incident.matter, incident.at, _level(draft)) else None
        self.panel.drop(draft.id)

        def opened() -> None:
            if offered is None:
                self.session.proposals.want_soon(incident.id)
                return
            self.session.proposals.put(offered)
            if utc_now() - draft.received > FRESH:
                self.session.want_proposal(incident.id)  # its limits run from now

        taken = TakeCall(self._call(draft), incident, self._count(draft, incident.id))
        self.session.do(taken, opened, partial(self.panel.give_back, draft))
        self._control.open(incident.id)

    def join(self, draft: CallDraft, incident: str) -> None:
        """It is about an incident that is open: that is shown, with the caller's words in its log."""
        self.panel.drop(draft.id)
        joined = JoinCall(self._call(draft), incident, self._count(draft, incident))
        self.session.do(joined, undone=partial(self.panel.give_back, draft))
        self._control.open(incident)

    def dismiss(self, draft: CallDraft, reason: str) -> None:
        """It wants nothing done."""
        self.panel.drop(draft.id)
        if not draft.empty:
            self.session.do(DismissCall(self._call(draft), reason), undone=partial(self.panel.give_back, draft))
        self._put_away()

    def _put_away(self) -> None:
        if not self.panel.all():
            self._window.docks["call"].hide()
        self.left.emit()

    # -- drafts

    def drafts(self) -> list[dict[str, object]]:
        """What was written down and is not finished, as it is kept."""
        return self.panel.drafts()

    def set_drafts(self, kept: list[dict[str, object]]) -> None:
        """What was kept; one that became an incident just before the end is done with."""
        state = self.session.state
        self.panel.set_drafts([draft for draft in kept if draft.get("id") not in state.incidents])
        if self.panel.all():
            self._window.show_call()
        self._show_ringing()

    def _drafts_changed(self) -> None:
        self.draftChanged.emit()
        self._show_ringing()
        ids = {draft.id for draft in self.panel.all()}
        self._previews = {id: known for id, known in self._previews.items() if id in ids}
        count = len(ids)
        self._window.docks["call"].set_subtitle(translate("calls", "{n} 个在接").format(n=count) if count else "")
        if not count:
            self._window.docks["call"].hide()

    # -- rows of what is written down

    def _matter(self, code: str) -> Matter | None:
        return self.session.lists.matters.get(code)

    def _incident(self, draft: CallDraft, number: int = 0) -> Incident | None:
        """What would open; None while the matter is not known. Without a position it is where the map opens."""
        matter = self._matter(draft.matter)
        if matter is None:
            return None
        session, call = self.session, self._call(draft)
        at = draft.at or session.pack.at
        now = utc_now()
        return from_call(call, matter, at, session.area, id=draft.id, number=number, now=now, form=dict(draft.form))

    def _call(self, draft: CallDraft) -> IncomingCall:
        """As it was written down. Words that stand as they were told are in both languages as they were."""
        known = self.session.state.calls.get(draft.call)
        place = draft.place.strip()
        named = _label(place, known.place if known else None)
        if named is not None and draft.at is None:
            named = Label(f"{named.zh}(位置未定)", f"{named.en} (position unknown)")
        text = _label(draft.said.strip(), known.text if known else None)
        return IncomingCall(
            id=draft.call,
            area=self.session.area,
            channel=Channel.of(draft.channel),
            received_at=draft.received,
            text=text or Label("", ""),
            caller=_label(draft.caller.strip(), known.caller if known else None),
            number=draft.number.strip(),
            title=known.title if known else None,
            matter=draft.matter or draft.typed.strip(),
            level=_level(draft),
            place=named,
            at=draft.at,
        )

    def _count(self, draft: CallDraft, incident: str) -> ReportCasualties | None:
        if draft.count is None:
            return None
        session = self.session
        by = By(session.user.id, session.user.name, utc_now(), session.area)
        seen = session.state.casualties_of(incident)
        report = CasualtyReport(new_id(), incident, draft.count, draft.received, by)
        return ReportCasualties(report, seen[-1].id if seen else None)

    # -- what is known about it

    def _changed(self, kinds: frozenset[str]) -> None:
        if "call" in kinds:
            self._show_ringing()
        if kinds & {"call", "incident", "list"} and self.panel.current() is not None:
            self._looking.ask()

    def _look(self) -> None:
        """Duplicates, cameras and the proposal for what is written down now."""
        draft = self.panel.current()
        if draft is None:
            self._looked = None
            return
        if draft.at is not None and draft.at != self._looked:
            self._looked = draft.at
            self._control.look_at(draft.at, _level(draft))
            self._window.panels.map.focus(draft.at.lon, draft.at.lat)
        incident = self._incident(draft)
        if incident is not None and draft.at is not None:
            self._preview(draft, incident)
        self._tell(draft)

    def _preview(self, draft: CallDraft, incident: Incident) -> None:
        key = incident.matter, incident.at, _level(draft)
        if self._previews.get(draft.id, (None, None))[0] == key:
            return
        self._previews[draft.id] = key, None

        def done(proposal: Proposal | None) -> None:
            current = self.panel.current()
            if self._previews.get(draft.id) == (key, None):
                self._previews[draft.id] = key, proposal
                if current is not None and current.id == draft.id:
                    self._tell(current)

        self.session.proposals.preview(incident, done)

    def _tell(self, draft: CallDraft) -> None:
        session, state = self.session, self.session.state
        number, at = draft.number.strip(), draft.at
        found = reported_already(draft.matter, at, draft.received, number, state.open_incidents(), state.calls.values())
        mine = [one for one in found if session.commands(one.area)]
        key, proposal = self._previews.get(draft.id, (None, None))
        current = key is not None and key[:2] == (draft.matter, at)
        self.panel.show_about(
            About(
                same=same_rows(session, mine[:MOST_SAME], at, number),
                offer=offer_rows(session, proposal) if current and proposal is not None else (),
                decided=self._decided(draft),
            )
        )

    def _decided(self, draft: CallDraft) -> str:
        """Somebody else has taken it meanwhile."""
        call = self.session.state.calls.get(draft.call)
        if call is None or call.open or call.by is None:
            return ""
        incident = self.session.state.incidents.get(call.incident or "")
        told = translate("calls", "{who} 已接这个来电({state}){code}")
        code = f" {incident.code}" if incident else ""
        return told.format(who=show(call.by.name), state=show(call.state.label), code=code)

    def _show_ringing(self) -> None:
        calls = self.ringing()
        if {call.id for call in calls} - self._heard:
            self.rang.emit()
        self._heard.update(self.session.state.calls)
        if calls and not self._clock.isActive():
            self._clock.start()
        elif not calls:
            self._clock.stop()
        untold = self._untold(calls[0]) if calls else ""
        self.strip.show_calls(calls, utc_now(), self.why_not(), untold)

    def _untold(self, call: IncomingCall) -> str:
        """Why it cannot be taken as it is told."""
        draft = self._of(call)
        if not draft.matter:
            return translate("calls", "没有说清是什么事,请接听")
        if draft.at is None:
            return translate("calls", "没有位置,请接听后定位")
        return ""

    def _picked(self, at: Point) -> None:
        self._window.go_to("call")
        self.panel.set_position(at, self._gazetteer.name_of(at))


def _label(typed: str, known: Label | None) -> Label | None:
    """What was typed; in both languages where it stands as it was told."""
    if known is not None and typed in (known.zh, known.en):
        return known
    return Label(typed, typed) if typed else None


def _level(draft: CallDraft) -> Level | None:
    return Level.of(draft.level) if draft.level else None
