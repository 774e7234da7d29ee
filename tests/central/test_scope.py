"""Who may do what, and who sees what: with the real service, and with real desks of several users."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from console.central import push
from console.central.pages import Asked
from console.domain.agency import Position
from console.domain.alarm import FilterReason
from console.domain.answering import DismissCall, JoinCall, RingCall, TakeCall
from console.domain.area import Grant, Right, agency_path, visible
from console.domain.assignment import Assignment, Status
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.catalogue import PutCameras, RemoveCameras
from console.domain.conflict import By, Casualties, CasualtyReport, Subject
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.levels import Escalate, Transfer
from console.domain.listing import PutLists
from console.domain.lists import Listed
from console.domain.log import Entry, Kind, Note
from console.domain.merging import AttachFile, Edit, EditIncident, ReportCasualties, SettleConflict
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove
from console.domain.operation import (
    Actor,
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    LeaveOut,
    OpenIncident,
    Operation,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.operations import OPERATIONS, VERSION, buckets
from console.domain.reporting import ReportSituation
from console.domain.request import Request, RequestKind
from console.domain.situation import Element, ReportKind, SituationReport
from console.domain.stages import Move
from console.domain.words import Label
from console.store import blobs, tables
from console.store.codec import encode
from console.store.draft import Draft
from console.store.ids import new_id
from console.sync import inbox, outbox, rebase
from console.sync.answers import AnswerError
from console.sync.messages import LoginRequest, Positions, PushRequest, Sent, fingerprint
from tests.support_pack import (
    CITY,
    FIRE,
    GRANTS,
    HERE,
    OTHER,
    PASSWORD,
    START,
    TOWN,
    VILLAGE,
    alarm,
    assignment,
    call,
    incident,
    sender,
    task,
)
from tests.support_scope import Centre, Desk, Key, person

WHO = Label("王", "Wang")
BY = By("u1", WHO, START, TOWN)


@contextmanager
def a_centre() -> Iterator[Centre]:
    with tempfile.TemporaryDirectory() as folder:
        centre = Centre(Path(folder))
        try:
            yield centre
        finally:
            centre.close()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    centre = Centre(tmp_path)
    yield centre
    centre.close()


# What may be done

# Where something happens: who commands there, and which agency was sent there.
COMMAND = {TOWN: {"u1", "u2", "city"}, VILLAGE: {"u1", "u2", "city", "village"}, OTHER: {"other", "city"}}
SENT = {TOWN: {"fire"}, VILLAGE: set(), OTHER: set()}
ANYWHERE = {"u1", "u2", "city", "village", "other"}  # they command some place, and do it for that
#                        whoever commands it | whoever was sent to it | anyone else
RIGHTS = {
    "alarm.raise":          ("command",),
    "alarm.follow":         ("command",),
    "alarm.confirm":        ("command",),
    "alarm.filter":         ("command",),
    "incident.open":        ("command",),
    "call.ring":            ("command",),
    "call.take":            ("command",),
    "call.join":            ("command",),
    "call.dismiss":         ("command",),
    "incident.dispatch":    ("command",),
    "incident.move":        ("command",),
    "incident.undo":        ("command",),
    "incident.edit":        ("command",),
    "incident.merge":       ("command",),
    "incident.unmerge":     ("command",),
    "incident.escalate":    ("command",),
    "incident.report":      ("command",),
    "alarm.restore":        ("command",),
    "conflict.settle":      ("command",),
    "assignment.status":    ("command", "sent"),
    "assignment.retract":   ("command", "sent"),
    "assignment.transfer":  ("command",),
    "request.ask":          ("command", "sent"),
    "request.answer":       ("command",),
    "lists.put":             ("command",),
    "task.tick":            ("command", "sent"),
    "log.write":            ("command", "sent"),
    "incident.casualties":  ("command", "sent"),
    "incident.attach":      ("command", "sent"),
    "reading.add":          ("anywhere",),
    "camera.put":           ("command",),
    "camera.remove":        ("command",),
    "lane.void":            ("everyone",),
}  # fmt: skip


class Scene:
    """An alarm and incidents at a place, in the store of a platform; nobody is asked whether they may."""

    def __init__(self, centre: Centre, place: str) -> None:
        self.centre, self.place, self.n = centre, place, 0
        self.known, self.raised = replace(incident(), area=place), replace(alarm(), area=place)
        self.rung = replace(call(), area=place)
        self.ticked, self.edit = task(self.known), self.edited("!")
        self.camera = Camera(new_id(), WHO, "road", HERE, "rtsp://10.0.0.1/main", area=place)
        self.sent = assignment(self.known, scope=FIRE if SENT[place] else "")
        self.same = replace(incident(2), area=place)
        self.asked = Request(new_id(), self.known.id, RequestKind.HOLD, "?", BY)
        self.said = {element.value: "?" for element in Element}
        commander = "city"
        for operation in (
            RaiseAlarm(self.raised),
            OpenIncident(self.known, WHO),
            RingCall(self.rung),
            Dispatch(self.known.id, "fire", WHO, None, (self.sent,), (self.ticked,)),
            EditIncident(self.known.id, (self.edit,)),
            PutCameras((self.camera,)),
            OpenIncident(self.same, WHO),
            AskRequest(self.asked),
        ):
            assert self.by(commander, operation) is None

    def edited(self, value: str) -> Edit:
        return Edit(new_id(), Subject.TITLE, Label("?", "?"), Label(value, value))

    def given(self, agency: str) -> Assignment:
        """The work of this incident for another agency of the place."""
        return replace(assignment(self.known, None, agency_path(self.place, agency)), agency=agency)

    def by(self, user: str, operation: Operation, who: Actor | None = None) -> str | None:
        """The code of its refusal."""
        self.n += 1
        fields: dict[str, Any] = {
            "id": new_id(), "lane": operation.LANE, "n": 1, "name": operation.NAME,
            "args": json.loads(encode(operation)), "actor": json.loads(encode(who or person(user))),
            "realm": "live", "version": VERSION, "device": None, "entries": [],
        }  # fmt: skip
        one = Sent(**fields, hash=fingerprint(fields))
        (outcome,) = push.take(self.centre.realm().store, sender(f"{new_id()}", user), PushRequest(operations=[one]))
        return outcome.refusal.code if outcome.refusal else None

    def each(self) -> dict[str, Callable[[], Operation]]:
        """Every kind of operation, on what is here."""
        fresh = lambda: replace(incident(), area=self.place)  # noqa: E731
        known = self.known
        return {
            "alarm.raise": lambda: RaiseAlarm(replace(alarm(), area=self.place)),
            "alarm.follow": lambda: FollowAlarm(self.raised.id, Level.RED, 4.5, WHO),
            "alarm.confirm": lambda: ConfirmAlarm(self.raised.id, fresh()),
            "alarm.filter": lambda: FilterAlarm(self.raised.id, FilterReason.FALSE),
            "incident.open": lambda: OpenIncident(fresh(), WHO),
            "call.ring": lambda: RingCall(replace(call(), area=self.place)),
            "call.take": lambda: TakeCall(self.rung, fresh()),
            "call.join": lambda: JoinCall(self.rung, known.id),
            "call.dismiss": lambda: DismissCall(self.rung, "?"),
            "incident.dispatch": lambda: Dispatch(
                known.id, "fire", WHO, None, (assignment(known, None, FIRE if SENT[self.place] else ""),)
            ),
            "incident.move": lambda: MoveIncident(known.id, Move.CHECK),
            "incident.undo": lambda: UndoMove(known.id, START),
            "incident.edit": lambda: EditIncident(known.id, (self.edited("x"),)),
            "incident.merge": lambda: MergeIncidents(self.same.id, known.id),
            "incident.unmerge": lambda: UnmergeIncident(self.same.id),
            "incident.escalate": lambda: Escalate(known.id, new_id(), WHO, self.given("city"), WHO),
            "incident.report": lambda: ReportSituation(
                SituationReport(new_id(), known.id, ReportKind.FIRST, WHO, self.said, START, BY)
            ),
            "alarm.restore": lambda: RestoreAlarm(self.raised.id),
            "conflict.settle": lambda: SettleConflict(self.edit.id, "kept"),
            "assignment.status": lambda: ReportStatus(self.sent.id, Status.EN_ROUTE, START, WHO),
            "assignment.retract": lambda: RetractStatus(self.sent.id, Status.EN_ROUTE, START, START, WHO),
            "assignment.transfer": lambda: Transfer(self.sent.id, self.given("water"), WHO, "?"),
            "request.ask": lambda: AskRequest(Request(new_id(), known.id, RequestKind.EXTENSION, "?", BY)),
            "request.answer": lambda: AnswerRequest(self.asked.id, False),
            "lists.put": lambda: PutLists((Listed(f"{self.place}#matter:{new_id()}", self.place, None),)),
            "task.tick": lambda: TickTask(self.ticked.id, True),
            "log.write": lambda: WriteNote(Note(Kind.NOTE, WHO, incident=known.id)),
            "incident.casualties": lambda: ReportCasualties(
                CasualtyReport(new_id(), known.id, Casualties(0, 1, 0, 0), START, BY)
            ),
            "incident.attach": lambda: AttachFile(
                Attachment(new_id(), known.id, "0" * 64, "a.jpg", "image/jpeg", 1, BY)
            ),
            "reading.add": lambda: AddReadings((Reading("river", START, 1.0),)),
            "camera.put": lambda: PutCameras((replace(self.camera, name=Label(new_id(), "")),)),
            "camera.remove": lambda: RemoveCameras((self.camera.id,)),
            "lane.void": LeaveOut,
        }


def test_the_table_of_rights_is_whole() -> None:
    assert set(RIGHTS) == set(OPERATIONS)


@pytest.mark.parametrize("place", [TOWN, VILLAGE, OTHER])
def test_who_may_do_what(centre: Centre, place: str) -> None:
    scene = Scene(centre, place)
    who = {"command": COMMAND[place], "sent": SENT[place], "anywhere": ANYWHERE, "everyone": set(GRANTS)}
    for name, operation in scene.each().items():
        allowed = set().union(*(who[kind] for kind in RIGHTS[name]))
        # those who may not come first: whatever the others do to it, it was there to be done
        for user in sorted(GRANTS, key=lambda user: (user in allowed, user)):
            said = scene.by(user, operation())
            refused = said in ("not_allowed", "actor_unknown")
            assert refused != (user in allowed), f"{name} at {place} by {user}: {said}"


def test_work_goes_only_to_whom_one_commands_and_is_recalled_only_by_who_commands_it(centre: Centre) -> None:
    scene = Scene(centre, TOWN)
    taken = scene.sent.id
    to_city, to_village = (
        replace(scene.given("x"), scope=agency_path(area, "x")) for area in (CITY, f"{TOWN}/east/dong")
    )
    for user, to, refusal in (
        ("u1", to_city, "not_allowed"),  # what the town cannot do it reports up
        ("village", to_village, "not_allowed"),
        ("fire", scene.given("fire"), "not_allowed"),
        ("city", to_city, None),  # which takes it over
    ):
        assert scene.by(user, Transfer(taken, to, WHO, "?")) == refusal, user
    own = assignment(scene.known, None)
    assert scene.by("u1", Dispatch(scene.known.id, "fire", WHO, None, (own,))) is None
    say = partial(ReportStatus, own.id, occurred_at=START, who=WHO)
    assert scene.by("fire", say(Status.RECALLED)) == "not_allowed"
    assert scene.by("fire", say(Status.DECLINED, text=WHO)) is None
    assert scene.by("u1", say(Status.RECALLED)) is None


def test_what_is_sent_on_comes_out_of_the_same_incident(centre: Centre) -> None:
    scene = Scene(centre, TOWN)
    other = replace(scene.given("fire"), incident=scene.same.id)
    for origin, refusal in ((scene.sent.id, None), (new_id(), "not_found")):
        sent = replace(scene.given("fire"), id=new_id(), origin=origin)
        assert scene.by("u1", Dispatch(scene.known.id, "fire", WHO, None, (sent,))) == refusal
    stray = replace(other, origin=scene.sent.id)
    assert scene.by("u1", Dispatch(scene.same.id, "fire", WHO, None, (stray,))) == "not_allowed"


@pytest.mark.parametrize("area", [OTHER, "chengdu", "", "chengdu/qing", f"{TOWN}x"])
def test_nobody_says_that_they_are_somewhere_else(centre: Centre, area: str) -> None:
    scene = Scene(centre, TOWN)
    # these do not keep it
    believed = {"assignment.status", "assignment.retract", "task.tick", "incident.dispatch"}
    believed |= {"camera.put", "camera.remove", "lane.void"}
    for name, operation in scene.each().items():
        if name not in believed:
            assert scene.by("u1", operation(), replace(person("u1"), area=area)) == "not_allowed", name


# What is seen


def what_is_seen(centre: Centre, user: str) -> dict[Key, Any]:
    """From the platform's own rows and the rule: every row one of whose buckets lies in the user's scope."""
    scopes = centre.service.directory.scopes(user, "live")
    with centre.realm().store.read() as view:
        draft, breach = Draft(view), tables.breach
        evidence = set(view.connection.scalars(select(breach.c.entry).where(func.substr(breach.c.device, 1, 1) == "!")))
        found: dict[Key, Any] = {}
        for name, kind in tables.FEED_KINDS.items():
            if kind is Reading:
                continue  # they have no place of their own
            for row in view.every(kind):
                if row.id not in evidence and visible(buckets(row, draft, ""), scopes):
                    found[name, row.id] = row
    return found


def but_readings(rows: dict[Key, Any]) -> dict[Key, Any]:
    return {key: row for key, row in rows.items() if key[0] != "reading"}


def something(data: st.DataObject, desk: Desk) -> Operation:
    """What a user might do with what their desk shows."""
    pick = lambda items: data.draw(st.sampled_from(items))  # noqa: E731
    place = person(desk.user).area
    with desk.store.read() as view:
        known, work, disputes = view.incidents(open_only=False), view.assignments(), view.open_conflicts()
        fresh = replace(incident(view.next_incident_number(), desk.second), area=pick([place, TOWN, VILLAGE]))
    kinds = ["open", "raise", "note", "reading"]
    kinds += ["incident note", "dispatch", "dispatch", "edit", "level", "casualties", "file"] * bool(known)
    kinds += ["status"] * bool(work) + ["settle"] * bool(disputes)
    of = pick(known) if known else fresh
    by = person(desk.user, desk.second).by
    match pick(kinds):
        case "open":
            return OpenIncident(fresh, WHO)
        case "raise":
            return RaiseAlarm(replace(alarm(desk.second), area=fresh.area))
        case "note":
            return WriteNote(Note(Kind.NOTE, WHO, text="a"))
        case "incident note":
            return WriteNote(Note(Kind.NOTE, WHO, text="b", incident=of.id))
        case "reading":
            return AddReadings((Reading("river", START + timedelta(seconds=desk.second), 1.0),))
        case "dispatch":
            unit, scope = pick([("xf1", FIRE), (None, FIRE), (None, ""), (None, f"{VILLAGE}/@dong"), (None, OTHER)])
            return Dispatch(of.id, "fire", WHO, None, (assignment(of, unit, scope),), (task(of),))
        case "edit":
            text = pick(["a", "b"])
            return EditIncident(of.id, (Edit(new_id(), Subject.TITLE, pick([of.title, WHO]), Label(text, text)),))
        case "level":
            return EditIncident(of.id, (Edit(new_id(), Subject.LEVEL, of.level, pick(list(Level))),))
        case "casualties":
            count = Casualties(0, pick([1, 2]), 0, 0)
            return ReportCasualties(CasualtyReport(new_id(), of.id, count, by.at, by))
        case "file":
            return AttachFile(Attachment(new_id(), of.id, "0" * 64, "a.jpg", "image/jpeg", 1, by))
        case "status":
            return ReportStatus(pick(work).id, pick(list(Status)), by.at, WHO)
        case "settle":
            return SettleConflict(pick(disputes).id, pick(["kept", "other"]))
    raise AssertionError


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_everyone_gets_all_that_lies_in_their_scope_and_nothing_else(data: st.DataObject) -> None:
    with a_centre() as centre:
        desks = [centre.desk(user) for user in ("u1", "village", "other", "fire")]
        desks[0].do(OpenIncident(incident(), WHO))
        centre.sync()
        for _ in range(data.draw(st.integers(5, 16))):
            desk = data.draw(st.sampled_from(desks))
            match data.draw(st.sampled_from(["do", "do", "do", "sync", "pull"])):
                case "do":
                    desk.do(something(data, desk))
                case "sync":
                    desk.sync()
                case "pull":
                    desk.pull()
        centre.sync()
        for desk in [*desks, centre.desk("leader")]:
            seen = what_is_seen(centre, desk.user)
            pulled = desk.pulled(data.draw(st.sampled_from([1, 3, 1000])))
            assert but_readings(pulled) == {key: encode(row) for key, row in seen.items()}
            desk.pull()
            # what a desk wrote in its own log stays there
            here = {
                key: row
                for key, row in but_readings(desk.rows()).items()
                if key in seen or not (isinstance(row, Entry) and row.device == desk.store.device)
            }
            assert here == seen
            assert desk.check() == []


def test_an_agency_that_is_sent_gets_the_whole_incident_with_its_past(centre: Centre) -> None:
    town, fire = centre.desk("u1"), centre.desk("fire")
    known, another = incident(), incident(2)
    by = person("u1").by
    past: list[Operation] = [
        OpenIncident(known, WHO),
        OpenIncident(another, WHO),
        WriteNote(Note(Kind.PHONE, WHO, text="water in the cellar", incident=known.id)),
        WriteNote(Note(Kind.PHONE, WHO, text="of another", incident=another.id)),
        WriteNote(Note(Kind.PHONE, WHO, text="of none")),
        ReportCasualties(CasualtyReport(new_id(), known.id, Casualties(0, 1, 0, 0), START, by)),
        ReportCasualties(CasualtyReport(new_id(), known.id, Casualties(0, 2, 0, 0), START, by)),  # they disagree
        AttachFile(Attachment(new_id(), known.id, "0" * 64, "a.jpg", "image/jpeg", 1, by)),
        AskRequest(Request(new_id(), known.id, RequestKind.HOLD, "?", by)),
        ReportSituation(
            SituationReport(new_id(), known.id, ReportKind.FIRST, WHO, {e.value: "?" for e in Element}, START, by)
        ),
        Dispatch(known.id, "fire", WHO, None, (assignment(known, None, ""),), (task(known),)),
        RaiseAlarm(alarm()),
    ]
    for operation in past:
        assert town.do(operation)
    centre.sync()
    assert fire.rows() == {}
    assert town.do(Dispatch(known.id, "fire", WHO, None, (assignment(known),)))
    centre.sync()
    rows = fire.rows()
    of_it = {
        key: row
        for key, row in town.rows().items()
        if known.id in (getattr(row, "id", None), getattr(row, "incident", None))
        or (isinstance(row, Entry) and row.note.incident == known.id)
    }
    assert rows == of_it
    kinds = {"incident", "assignment", "task", "conflict", "casualty_report", "attachment", "entry"}
    kinds |= {"request", "situation_report"}
    assert {table for table, _ in rows} == kinds
    assert fire.check() == town.check() == []
    # and goes on getting it; while nobody else got anything
    assert town.do(WriteNote(Note(Kind.PHONE, WHO, text="later", incident=known.id)))
    centre.sync()
    assert len(fire.rows()) == len(rows) + 1
    assert centre.desk("other").pulled() == centre.desk("village").pulled() == {}


def test_a_village_sees_its_own_and_not_the_towns(centre: Centre) -> None:
    town, village = centre.desk("u1"), centre.desk("village")
    assert town.do(OpenIncident(incident(), WHO))
    assert town.do(AddReadings((Reading("river", START, 1.0),)))
    own = replace(incident(7), area=VILLAGE)
    assert village.do(OpenIncident(own, WHO))
    assert village.do(AddReadings((Reading("pond", START, 2.0),)))
    centre.sync()
    assert [row.number for (table, _), row in village.rows().items() if table == "incident"] == [7]
    assert [row.indicator for (table, _), row in village.rows().items() if table == "reading"] == ["pond"]
    assert sorted(row.number for (table, _), row in town.rows().items() if table == "incident") == [1, 7]


def test_scope_gained_brings_the_old_rows(centre: Centre) -> None:
    town, other = centre.desk("u1"), centre.desk("other")
    known = incident()
    for operation in (OpenIncident(known, WHO), RaiseAlarm(alarm()), AddReadings((Reading("river", START, 1.0),))):
        assert town.do(operation)
    centre.sync()
    assert other.rows() == {}
    centre.grant("other", *GRANTS["other"], Grant(Right.VIEW, TOWN))
    centre.sync()
    assert other.rows() == town.rows()
    assert other.check() == []


@pytest.mark.parametrize("left", [(), (Grant(Right.COMMAND, OTHER),)])
@pytest.mark.parametrize("first", ["push", "pull"])
def test_scope_lost_takes_everything_away(centre: Centre, left: tuple[Grant, ...], first: str) -> None:
    town, keeper = centre.desk("u1"), centre.desk("u2")
    known = incident()
    for operation in (OpenIncident(known, WHO), RaiseAlarm(alarm()), AddReadings((Reading("river", START, 1.0),))):
        assert town.do(operation)
    centre.sync()
    before = keeper.rows()
    pending: list[Operation] = [
        EditIncident(known.id, (Edit(new_id(), Subject.LEVEL, known.level, Level.RED),)),
        OpenIncident(incident(2), WHO),
        Dispatch(known.id, "fire", WHO, None, (assignment(known),)),
        AddReadings((Reading("river", START + timedelta(seconds=1), 2.0),)),
    ]
    for operation in pending:
        assert town.do(operation)
    with town.store.begin() as tx:
        tx.put(at("xf1", 1))
    centre.grant("u1", *left)
    if first == "push":
        town.push()
    town.pull()
    shown = {key for key in town.rows() if key[0] not in ("entry",)}
    assert not any(id == known.id for _, id in shown)
    with town.store.read() as view:
        assert view.positions() == {}, "positions leave with the rest"
    town.sync()
    town.sync()
    own = {key for key, row in town.rows().items() if isinstance(row, Entry) and row.device == town.store.device}
    assert set(town.rows()) == own
    with town.store.read() as view:
        assert view.connection.scalar(select(func.count()).select_from(tables.base_row)) == 0
        assert view.connection.scalar(select(func.count()).select_from(tables.staged)) == 0
    assert sum(outbox.pending(town.store).values()) == 0
    refused = inbox.inbox(town.store)
    assert [one.name for one in refused] == [one.NAME for one in pending]
    assert {one.phrase.code for one in refused} == {"not_allowed"}
    keeper.sync()
    assert keeper.rows() == before
    assert town.check() == []


# Beside the feed


def test_positions_are_of_units_in_scope(centre: Centre) -> None:
    desks = {user: centre.desk(user) for user in ("u1", "city", "fire", "leader", "other", "village")}
    service, realm = centre.service, centre.realm()
    for n, user in enumerate(("leader", "other", "village")):
        service.put_positions(desks[user].caller, realm, Positions(positions=[at("xf1", 90 + n)]))
        assert service.positions(desks["u1"].caller, realm).positions == []
    for n, user in enumerate(("fire", "u1", "city")):
        service.put_positions(desks[user].caller, realm, Positions(positions=[at("xf1", n), at("nobody's", n)]))
        assert service.positions(desks["u1"].caller, realm).positions == [at("xf1", n)]
    seen = {user: len(service.positions(desk.caller, realm).positions) for user, desk in desks.items()}
    assert seen == {"u1": 1, "city": 1, "fire": 1, "leader": 1, "other": 0, "village": 0}


def at(unit: str, minute: int) -> Position:
    return Position(unit, HERE, START + timedelta(minutes=minute))


def test_check_and_buckets_are_of_the_scope(centre: Centre) -> None:
    town, village = centre.desk("u1"), centre.desk("village")
    assert town.do(OpenIncident(incident(), WHO)) and village.do(OpenIncident(replace(incident(), area=VILLAGE), WHO))
    centre.sync()
    service, realm = centre.service, centre.realm()
    cursor = rebase.cursor(town.store)
    asked = {
        user: service.check(centre.desk(user).caller, realm, cursor).buckets for user in ("u1", "village", "other")
    }
    assert [sorted(found or {}) for found in asked.values()] == [[TOWN, VILLAGE], [VILLAGE], []]
    for path, there in ((TOWN, False), (VILLAGE, True), ("chengdu", False), (f"{VILLAGE}x", False), (OTHER, False)):
        ask = partial(service.pull, village.caller, realm, Asked(0, 1000, path))
        if there:
            assert {row.table for row in ask().rows} == {"incident", "entry"}
        else:
            with pytest.raises(AnswerError) as answer:
                ask()
            assert answer.value.status == 404


def test_a_blob_is_read_through_an_attachment_that_one_sees(centre: Centre) -> None:
    town, fire, other = centre.desk("u1"), centre.desk("fire"), centre.desk("other")
    service, realm = centre.service, centre.realm()
    known, by = incident(), person("u1").by
    with realm.store.begin() as tx:
        sha256, size = blobs.put(tx, [b"jpeg"], "image/jpeg")

    def readers() -> list[str]:
        with realm.store.read() as view:
            return [desk.user for desk in (town, fire, other) if service.may_read(desk.caller, sha256, view)]

    assert readers() == []  # it is nobody's yet
    assert town.do(OpenIncident(known, WHO))
    assert town.do(AttachFile(Attachment(new_id(), known.id, sha256, "a.jpg", "image/jpeg", size, by)))
    town.sync()
    assert readers() == ["u1"]
    assert town.do(Dispatch(known.id, "fire", WHO, None, (assignment(known),)))
    town.sync()
    assert readers() == ["u1", "fire"]
    centre.grant("u1")
    assert readers() == ["fire"]


def test_who_is_for_drills_only_does_not_enter_live_work(centre: Centre) -> None:
    ask = LoginRequest(user="drill", password=PASSWORD, realm="live", device="d", nonce="1", next_nonce="1")
    with pytest.raises(AnswerError) as answer:
        centre.service.login(ask)
    assert answer.value.status == 403
    drill = centre.desk("drill", "drill-1")
    assert drill.do(OpenIncident(incident(), WHO))
    drill.sync()
    assert len(drill.rows()) == 2
    assert centre.desk("u1").pulled() == {}
