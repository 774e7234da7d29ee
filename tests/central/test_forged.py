"""Desks and people that lie about who they are: what they send gets an outcome, and changes nothing of anyone's."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from argon2 import extract_parameters
from sqlalchemy import update

from console.central import auth
from console.central.auth import Doorkeeper
from console.central.directory import Directory
from console.domain.area import Grant, Right
from console.domain.attachment import Attachment
from console.domain.conflict import By, Casualties, CasualtyReport, Sent, Subject
from console.domain.log import Entry, Kind, Note, seal
from console.domain.merging import AttachFile, Edit, EditIncident, ReportCasualties, SettleConflict
from console.domain.operation import ConfirmAlarm, Dispatch, OpenIncident, Operation, RaiseAlarm, WriteNote
from console.domain.words import Label
from console.store import tables
from console.store.codec import encode
from console.store.ids import new_id
from console.sync.login import TRIES
from tests.support_hostile import LOOKED_AT, Liar, World, running, sealed
from tests.support_pack import (
    OTHER,
    PASSWORD,
    START,
    TOWN,
    VILLAGE,
    actor,
    alarm,
    assignment,
    incident,
    make_pack,
    task,
)
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")
EVIDENCE = LOOKED_AT | {"entry", "breach"}


@pytest.fixture(scope="module")
def module_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("platform")) as world:
        yield world


@pytest.fixture
def world(module_world: World) -> Iterator[World]:
    yield module_world
    module_world.pack = module_world.changed = make_pack()


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Callable[..., Liar]]:
    """A new desk of a user's."""
    opened: list[Liar] = []

    def new(user: str = "u1", realm: str = "live") -> Liar:
        opened.append(Liar(world, tmp_path / str(len(opened)), user, realm))
        return opened[-1]

    yield new
    for liar in opened:
        liar.store.close()


Desk = Callable[..., Liar]


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Callable[..., bool]:
    caplog.set_level(logging.WARNING)

    def found(**said: object) -> bool:
        return any(all(getattr(record, key, None) == value for key, value in said.items()) for record in caplog.records)

    return found


def entry_of(device: str, author: str = "u1", *, area: str = TOWN, last: Entry | None = None, **more: Any) -> Entry:
    note = Note(Kind.NOTE, WHO, text="evacuate", incident=more.get("incident"))
    return seal(note, id=new_id(), device=device, author=author, at=START, area=area, last=last)


def plain(entry: Entry) -> dict[str, Any]:
    return dict(json.loads(encode(entry)))


# Batches


def test_replays_give_the_same_and_change_nothing(world: World, desk: Desk) -> None:
    victim, thief = desk("u1"), desk("other")
    sent = [victim.do(OpenIncident(incident(), WHO)) for _ in range(4)]
    first = victim.push(*sent).json()
    before = world.rows()
    assert victim.push(*sent).json() == first
    assert victim.push(*sent[1:3]).json()["outcomes"] == first["outcomes"][1:3]
    assert victim.push(*reversed(sent)).status_code == 422  # not in order
    assert victim.push(sent[0], sent[2]).status_code == 422
    assert victim.push(sent[0], sent[0]).status_code == 422
    moved = [sealed(one, n=one["n"] % 4 + 1) for one in sent]  # the same under each other's numbers
    for one in moved:
        assert victim.push(one).json() == {"code": "changed", "n": one["n"]}
    assert victim.push({**sent[0], "n": 9}).json() == {"code": "gap", "expected": 5}
    assert world.rows() == before
    # somebody else replays them on a device of theirs: they were done once, and are not done again
    before = world.rows(but=LOOKED_AT)
    assert [one["refusal"] for one in thief.push(*sent).json()["outcomes"]] == [None] * 4
    assert world.rows(but=LOOKED_AT) == before


def test_forged_operations(world: World, desk: Desk, warned: Callable[..., bool]) -> None:
    victim, thief = desk("u1"), desk("other")
    mine = victim.do(WriteNote(Note(Kind.NOTE, WHO, text="one")))
    assert victim.push(mine).status_code == 200
    good = thief.forge(OpenIncident(replace(incident(), area=OTHER), WHO), replace(actor(user="other"), area=OTHER))
    theirs = [plain(entry_of(victim.store.device))]
    before = world.rows(but=LOOKED_AT)
    cases = [
        ({**good, "args": {**good["args"], "caller": {"zh": "", "en": ""}}}, "op_unreadable"),  # the old hash
        ({**good, "hash": "0" * 64}, "op_unreadable"),
        (sealed(good, version=999), "op_version"),
        (sealed(good, realm="drill-1"), "op_realm"),
        (sealed(good, realm="drill-1", entries=theirs), "op_realm"),
        (sealed(good, actor={**good["actor"], "user": "u1", "area": TOWN}), "not_allowed"),
        (sealed(good, actor={**good["actor"], "user": "city"}), "actor_unknown"),
        (sealed(good, actor={**good["actor"], "user": "nobody"}), "not_allowed"),
        (sealed(good, actor={**good["actor"], "area": TOWN}), "not_allowed"),
        (sealed(good, actor={**good["actor"], "area": ""}), "not_allowed"),
        (sealed(good, actor={**good["actor"], "at": "2026-07-01"}), "op_unreadable"),
        (sealed(good, device=victim.store.device, actor={**good["actor"], "user": "u1", "area": TOWN}), "not_allowed"),
        (sealed(good, name="lane.void", args={"incident": 1}, entries=[{}]), "op_unreadable"),
    ]
    for n, (bad, code) in enumerate(cases, start=1):
        hash_kept = bad["hash"] in (good["hash"], "0" * 64)
        bad = {**bad, "n": n, "id": new_id()} if hash_kept else sealed(bad, n=n, id=new_id())
        assert thief.push(bad).json()["outcomes"][0]["refusal"]["code"] == code, bad
        assert warned(device=thief.store.device, operation=bad["id"]), code
    assert world.rows(but=LOOKED_AT) == before
    for version in (0, 1000, -1, "2"):
        assert thief.push({**good, "version": version}).status_code == 422


def test_nobody_acts_in_the_name_of_another_devices_users(
    world: World, desk: Desk, warned: Callable[..., bool]
) -> None:
    """Devices are no secret: they stand in every log entry."""
    city, leader = desk("city"), desk("leader")
    opening = OpenIncident(incident(), WHO)
    before = world.rows(but=LOOKED_AT | {"desk", "sign_in"})
    for device in (city.store.device, None):
        assert leader.send(opening, actor(user="city"), device=device) == "actor_unknown"
    leader.sign_in(nonce=f"{leader.store.device}-1", next_nonce="2", was=city.store.device)
    assert warned(user="leader", device=leader.store.device, was=city.store.device)
    assert leader.send(opening, actor(user="city"), device=city.store.device) == "actor_unknown"
    assert world.rows(but=LOOKED_AT | {"desk", "sign_in"}) == before


def test_a_copy_goes_on_for_those_who_used_the_desk(world: World, desk: Desk) -> None:
    original = desk("u1")
    device = original.store.device
    assert world.sign_in("village", device, nonce=f"{device}-1", next_nonce="2").status_code == 200
    pending = original.do(
        OpenIncident(replace(incident(), area=VILLAGE), WHO), replace(actor(user="village"), area=VILLAGE)
    )
    copy = desk("u1")
    copy.sign_in(nonce=f"{copy.store.device}-1", next_nonce="2", was=device)
    assert copy.outcome(pending) is None
    assert copy.get("/v1/audit").json()["breaches"] == original.get("/v1/audit").json()["breaches"] == 0


def test_entries_in_anothers_log_are_evidence_and_seen_by_nobody(
    world: World, desk: Desk, warned: Callable[..., bool]
) -> None:
    victim, thief, leader = desk("u1"), desk("other"), desk("leader")
    first, second = (victim.do(WriteNote(Note(Kind.NOTE, WHO, text=text))) for text in ("one", "two"))
    assert victim.push(first).status_code == 200
    with victim.store.read() as view:
        last = next(iter(view.chain(victim.store.device)))
    forged = [
        entry_of(victim.store.device, last=last),  # it fits
        replace(entry_of(victim.store.device), number=2**40),
        entry_of(thief.store.device),  # in the thief's own log, as somebody else
        entry_of(thief.store.device, "other"),  # where the thief has no business
        entry_of("no such device", "other", area=OTHER),
    ]
    seen, theirs, breaches = victim.rows(), thief.rows(), victim.get("/v1/audit").json()["breaches"]
    before = world.rows(but=EVIDENCE)
    for entry in forged:
        for device in (None, victim.store.device):
            note = WriteNote(Note(Kind.NOTE, WHO))
            assert thief.send(note, device=device, entries=[plain(entry)]) == "not_allowed"
        assert warned(device=thief.store.device, entry=entry.id)
    assert leader.send(WriteNote(Note(Kind.NOTE, WHO)), entries=[plain(entry_of(leader.store.device, "leader"))])
    assert world.rows(but=EVIDENCE) == before
    assert victim.rows() == seen and thief.rows() == theirs
    assert victim.get("/v1/audit").json()["breaches"] == breaches + len(forged) + 1
    # the victim's own log goes on where it was
    assert victim.push(second).json()["outcomes"][0]["refusal"] is None
    assert victim.get("/v1/audit").json()["breaches"] == breaches + len(forged) + 1
    assert len(victim.rows()) == len(seen) + 1


def test_evidence_is_not_shown_to_an_agency_that_is_sent_later(world: World, desk: Desk) -> None:
    town, thief, fire = desk("u1"), desk("other"), desk("fire")
    known = incident()
    assert town.push(town.do(OpenIncident(known, WHO))).status_code == 200
    forged = entry_of(thief.store.device, "u1", incident=known.id)
    assert thief.send(WriteNote(Note(Kind.NOTE, WHO)), entries=[plain(forged)]) == "not_allowed"
    sent = town.do(Dispatch(known.id, "fire", WHO, None, (assignment(known),)))
    assert town.push(sent).status_code == 200
    ids = {id for _, id in fire.rows()}
    assert known.id in ids and forged.id not in ids


# Rows with the ids of others'


def test_no_row_of_anothers_is_put_out_of_the_way(world: World, desk: Desk, warned: Callable[..., bool]) -> None:
    town, thief = desk("u1"), desk("other")
    by = By("u1", WHO, START, TOWN)
    known, raised = incident(), alarm()
    sent, ticked = assignment(known), task(known)
    said = CasualtyReport(new_id(), known.id, Casualties(0, 1, 0, 0), START, by)
    photo = Attachment(new_id(), known.id, "0" * 64, "a.jpg", "image/jpeg", 1, by)
    dispute = Edit(new_id(), Subject.TITLE, Label("?", "?"), Label("!", "!"))
    for operation in (
        OpenIncident(known, WHO),
        RaiseAlarm(raised),
        Dispatch(known.id, "fire", WHO, None, (sent,), (ticked,)),
        ReportCasualties(said),
        AttachFile(photo),
        EditIncident(known.id, (dispute,)),
    ):
        assert town.send(operation) is None
    own, theirs = replace(incident(), area=OTHER), replace(actor(user="other"), area=OTHER)
    own_alarm = replace(alarm(), area=OTHER)
    assert thief.send(OpenIncident(own, WHO), theirs) is None
    assert thief.send(RaiseAlarm(own_alarm), theirs) is None
    before, seen = world.rows(but=LOOKED_AT), thief.rows()
    mine = assignment(own, unit=None, scope="")
    edit = replace(dispute, base=Label("x", "x"))
    hostile: list[tuple[Operation, str]] = [
        (OpenIncident(replace(known, area=OTHER), WHO), "id_taken"),
        (RaiseAlarm(replace(raised, area=OTHER)), "id_taken"),
        (ConfirmAlarm(own_alarm.id, replace(known, area=OTHER)), "id_taken"),
        (Dispatch(own.id, "fire", WHO, None, (replace(sent, incident=own.id),)), "id_taken"),
        (Dispatch(own.id, "fire", WHO, None, (mine,), (replace(ticked, incident=own.id, gate=False),)), "id_taken"),
        (Dispatch(own.id, "fire", WHO, None, (assignment(known, None, OTHER),)), "not_allowed"),
        (Dispatch(own.id, "fire", WHO, None, (mine,), (task(known),)), "not_allowed"),
        (Dispatch(own.id, "fire", WHO, None, (mine, mine)), "id_taken"),
        (ReportCasualties(replace(said, incident=own.id)), "id_taken"),
        (AttachFile(replace(photo, incident=own.id)), "id_taken"),
        (EditIncident(own.id, (edit,)), "id_taken"),
    ]
    for operation, code in hostile:
        assert thief.send(operation, theirs) == code, operation
        assert warned(device=thief.store.device, why=code)
    assert world.rows(but=LOOKED_AT) == before and thief.rows() == seen


def test_a_unit_is_not_recalled_through_an_edit(world: World, desk: Desk) -> None:
    town, thief = desk("u1"), desk("other")
    known = incident()
    sent = assignment(known)
    assert town.send(OpenIncident(known, WHO)) is None
    assert town.send(Dispatch(known.id, "fire", WHO, None, (sent,))) is None
    own, theirs = replace(incident(), area=OTHER), replace(actor(user="other"), area=OTHER)
    assert thief.send(OpenIncident(own, WHO), theirs) is None
    before = world.rows(but=LOOKED_AT)
    edit = Edit(new_id(), Subject.TITLE, WHO, Sent("xf1", sent.id, known.id, "I1", WHO))
    assert thief.send(EditIncident(own.id, (edit,)), theirs) == "not_editable"
    assert thief.send(SettleConflict(edit.id, "kept"), theirs) == "not_found"
    assert world.rows(but=LOOKED_AT) == before


# Devices and tokens


def test_another_desks_id_without_its_nonce(world: World, desk: Desk, warned: Callable[..., bool]) -> None:
    victim = desk("u1")
    device = victim.store.device
    assert victim.send(OpenIncident(incident(), WHO)) is None
    before = world.rows()
    for nonce in ("first", f"{device}-0", "' OR ''='"):
        answer = world.sign_in("other", device, nonce=nonce, next_nonce="mine")
        assert (answer.status_code, answer.json()) == (409, {"code": "copied"})
        assert warned(user="other", device=device)
    assert world.rows() == before
    assert victim.send(OpenIncident(incident(), WHO)) is None  # its token still opens
    answer = world.sign_in("u1", device, nonce=f"{device}-1", next_nonce="2")
    assert answer.status_code == 200


def test_tokens_that_open_nothing(world: World, desk: Desk, warned: Callable[..., bool]) -> None:
    liar, drill = desk("u1"), desk("drill", "drill-1")
    one = liar.forge(OpenIncident(incident(), WHO))
    before, drilled = world.rows(), world.rows(realm="drill-1")
    other = drill.token.replace("drill-1", "live")
    with world.realm().store.begin() as tx:
        table = tables.token
        ended = datetime.now(UTC) - timedelta(seconds=1)
        tx.connection.execute(update(table).where(table.c.device == liar.store.device).values(expires_at=ended))
    for token in (other, liar.token.replace("live.", "drill-1."), liar.token, liar.token[:-1], "live.", ""):
        assert world.post("/v1/push", {"operations": [one]}, token).status_code == 401
        assert world.get("/v1/pull", token).status_code == 401
    assert warned(device=liar.store.device, user="u1")  # of the one that had ended
    assert warned(route="/v1/push", status=401)
    assert world.rows() == before and world.rows(realm="drill-1") == drilled
    assert world.sign_in("drill").status_code == 403


def test_whoever_has_no_role_any_more_sees_and_does_nothing(
    world: World, desk: Desk, warned: Callable[..., bool]
) -> None:
    liar = desk("u1")
    assert liar.push(liar.do(OpenIncident(incident(), WHO))).status_code == 200
    assert liar.rows()
    world.grant("u1")
    before = world.rows(but=EVIDENCE)
    page = liar.get("/v1/pull").json()
    assert page["rows"] == [] and page["scopes"] == []
    one = liar.do(OpenIncident(incident(), WHO))
    assert liar.outcome(one) == "not_allowed"
    assert warned(device=liar.store.device, why="not_allowed")
    assert liar.get("/v1/check?cursor=1").json()["buckets"] in ({}, None)
    at = {"id": "xf1", "at": {"lon": 1.0, "lat": 1.0}, "seen_at": "2026-07-01T08:00:00Z", "heading": None}
    assert world.post("/v1/positions", {"positions": [at]}, liar.token).status_code == 403
    for path in ("/v1/positions", "/v1/audit", "/v1/live", f"/v1/blob/{'0' * 64}", f"/v1/blob/{'0' * 64}/state"):
        assert liar.get(path).status_code == 403, path
    assert world.rows(but=EVIDENCE) == before
    assert world.sign_in("u1", "another").status_code == 403
    world.grant("u1", Grant(Right.COMMAND, TOWN))
    assert liar.rows()


def test_bytes_are_read_through_an_attachment_that_one_sees(world: World, desk: Desk) -> None:
    town, fire, thief = desk("u1"), desk("fire"), desk("other")
    data = b"a photo"
    sha256 = hashlib.sha256(data).hexdigest()
    headers = {"Authorization": f"Bearer {town.token}"}
    url = f"{world.url}/v1/blob/{sha256}"
    put = requests.put(f"{url}?offset=0&size={len(data)}&media=image/jpeg", data=data, headers=headers, timeout=WAIT_S)
    assert put.status_code == 200 and put.json()["complete"]
    known = incident()
    photo = Attachment(new_id(), known.id, sha256, "a.jpg", "image/jpeg", len(data), By("u1", WHO, START, TOWN))
    assert town.send(OpenIncident(known, WHO)) is None and town.send(AttachFile(photo)) is None
    assert town.get(f"/v1/blob/{sha256}").content == data
    for path in (f"/v1/blob/{sha256}", f"/v1/blob/{sha256}/part/0"):
        assert [desk.get(path).status_code for desk in (town, fire, thief)] == [200, 404, 404]
    assert town.send(Dispatch(known.id, "fire", WHO, None, (assignment(known),))) is None
    assert [desk.get(f"/v1/blob/{sha256}").status_code for desk in (town, fire, thief)] == [200, 200, 404]


# Passwords


def guess(world: World, password: str = "wrong", user: str = "u2", realm: str = "live") -> int:
    return world.sign_in(user, "guesser", realm, password=password).status_code


def test_wrong_passwords_are_counted_over_all_realms(tmp_path: Path, warned: Callable[..., bool]) -> None:
    with running(tmp_path) as world:
        realms = ["live", "drill-1", "drill-2", "drill-3"]
        assert [guess(world, realm=realm) for realm in realms] == [403] * 4
        assert guess(world, realm="drill-4") == 429
        assert warned(user="u2", device="guesser", why="login_locked")
        for realm in realms:
            assert guess(world, PASSWORD, realm=realm) == 429
        assert guess(world, PASSWORD, "u1") == 200
        assert {file.stem for file in tmp_path.glob("*.db")} == {"live"}  # a guess makes no realm
    with running(tmp_path) as again:
        assert guess(again, PASSWORD) == 429


def test_guesses_at_once_are_no_more_than_guesses_in_a_row(tmp_path: Path) -> None:
    with running(tmp_path) as world, ThreadPoolExecutor(12) as pool:
        said = list(pool.map(lambda n: guess(world, f"wrong {n}"), range(24)))
        assert said.count(403) == TRIES - 1 and said.count(429) == len(said) - TRIES + 1
        assert guess(world, PASSWORD) == 429


def test_an_unknown_user_takes_as_long_as_a_known_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what is worked out, not by a clock: one hash of the same cost each."""
    with running(tmp_path) as world:
        door, checked = Doorkeeper(Directory(make_pack()), world.realm().store), []
        matches = auth.matches

        def watched(hashed: str, password: str) -> bool:
            checked.append(extract_parameters(hashed))
            return matches(hashed, password)

        monkeypatch.setattr(auth, "matches", watched)
        for user in ("u1", "nobody"):
            with pytest.raises(auth.KnownError):
                door.check(user, "wrong")
        known, unknown = checked
        assert known == unknown
