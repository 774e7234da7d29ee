"""Attachments between desk and platform: whatever breaks, each arrives whole, once, and is never lost."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.words import Phrase
from console.store import blobs
from console.store.blobs import PART, look, write
from console.sync.blobs import TRIES, Call, Step, download_next, upload_next
from console.sync.link import Answer, LinkDown
from tests.support_blobs import Desk, Line, Platform, Process, running, some

CLIP = "video/mp4"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.close()


def upload_all(desk: Desk, call: Call, most: int = 50) -> list[Step]:
    steps: list[Step] = []
    while step := upload_next(desk.ask, call):
        steps.append(step)
        assert len(steps) < most, steps
    return steps


def download_all(desk: Desk, call: Call, *wanted: str, most: int = 50) -> list[Step]:
    steps: list[Step] = []
    while step := download_next(desk.ask, call, wanted):
        steps.append(step)
        assert step.problem is None and len(steps) < most, steps
    return steps


def test_up_one_part_at_a_time_and_down_again(platform: Platform, desk: Desk, tmp_path: Path) -> None:
    data, sha256 = some(3 * PART + 5, 1)
    desk.put(data, CLIP)
    assert upload_all(desk, Line(platform.url)) == [
        Step(sha256, PART, len(data)),
        Step(sha256, 2 * PART, len(data)),
        Step(sha256, 3 * PART, len(data)),
        Step(sha256, len(data), len(data), complete=True),
    ]
    assert platform.bytes_of(sha256) == data
    other = Desk(tmp_path / "other.db")
    steps = download_all(other, Line(platform.url, "u2"), sha256)
    assert [step.done for step in steps] == [PART, 2 * PART, 3 * PART, len(data)] and steps[-1].complete
    assert other.bytes_of(sha256) == data and other.to_upload() == []
    assert other.get(sha256) == desk.get(sha256)  # and the media type
    assert download_next(other.ask, Line(platform.url), [sha256]) is None
    other.close()


def test_the_platform_killed_after_every_part(tmp_path: Path) -> None:
    platform = Process(tmp_path / "platform")
    desk, other = Desk(tmp_path / "desk.db"), Desk(tmp_path / "other.db")
    data, sha256 = some(2 * PART + 5)
    desk.put(data, CLIP)
    for done in (PART, 2 * PART, len(data)):
        line = Line(platform.url)
        step = upload_next(desk.ask, line)
        assert step and step.done == done
        platform.kill()
        desk.restart()
        if done < len(data):
            with pytest.raises(LinkDown):
                upload_next(desk.ask, line)
        platform.start()
    for done in (PART, 2 * PART, len(data)):
        step = download_next(other.ask, Line(platform.url), [sha256])
        assert step and step.done == done
        other.restart()
    assert other.bytes_of(sha256) == data
    platform.kill()
    for one in (desk, other):
        one.close()


def breaking(line: Line, at: int, how: str) -> Call:
    """A call whose request number `at` is lost on its way, or its reply is, or it comes twice."""
    asked = 0

    def call(method: str, path: str, body: bytes | None) -> bytes:
        nonlocal asked
        asked += 1
        if asked == at and how == "lost":
            raise LinkDown(Phrase("link_down"))
        answer = line(method, path, body)
        if asked == at and how == "twice":
            return line(method, path, body)
        if asked == at:
            raise LinkDown(Phrase("link_down"))
        return answer

    return call


@pytest.mark.parametrize("how", ["lost", "unanswered", "twice"])
def test_any_request_may_fail(platform: Platform, desk: Desk, tmp_path: Path, how: str) -> None:
    other = Desk(tmp_path / "other.db")
    for at in range(1, 7):  # state and part, of three parts
        data, sha256 = some(2 * PART + 5, random.randrange(2**40))
        desk.put(data)
        up, down = (breaking(Line(platform.url), at, how) for _ in range(2))
        for one, work in ((desk, partial(upload_all, desk, up)), (other, partial(download_all, other, down, sha256))):
            try:
                work()
            except LinkDown:
                one.restart()
                work()
        assert platform.bytes_of(sha256) == other.bytes_of(sha256) == data
        assert desk.to_upload() == []
    other.close()


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_a_platform_that_forgot_gets_it_again(platform: Platform, desk: Desk, keep: int) -> None:
    data, sha256 = some(2 * PART + 5, 10 + keep)
    desk.put(data)
    line = Line(platform.url)
    for _ in range(2):
        upload_next(desk.ask, line)
    platform.forget(sha256, keep)  # in the middle
    upload_all(desk, line)
    assert platform.bytes_of(sha256) == data
    platform.forget(sha256, keep)  # after the end
    assert upload_all(desk, line) == []
    write(desk.ask, blobs.send_again)
    assert len(upload_all(desk, line)) == 3 - keep
    assert platform.bytes_of(sha256) == data


def test_it_forgets_between_the_question_and_the_part(platform: Platform, desk: Desk) -> None:
    data, sha256 = some(2 * PART + 5, 20)
    desk.put(data)
    line, forgot = Line(platform.url), False

    def call(method: str, path: str, body: bytes | None) -> bytes:
        nonlocal forgot
        if not forgot and "offset=1048576" in path:
            forgot = True
            platform.forget(sha256)
        return line(method, path, body)

    assert [step.done for step in upload_all(desk, call)] == [PART, 0, PART, 2 * PART, len(data)]
    assert platform.bytes_of(sha256) == data


def test_what_another_sent_under_this_hash_does_not_spoil_it(platform: Platform, desk: Desk) -> None:
    data, sha256 = some(2 * PART + 5, 30)
    Line(platform.url, "forger")("PUT", f"/v1/blob/{sha256}?offset=0&size={len(data)}", bytes(PART))
    desk.put(data)
    steps = upload_all(desk, Line(platform.url))
    assert [step.done for step in steps] == [2 * PART, 0, PART, 2 * PART, len(data)]
    assert platform.bytes_of(sha256) == data


def test_a_forger_that_never_tires_is_reported_and_nothing_is_lost(platform: Platform, desk: Desk) -> None:
    data, sha256 = some(PART + 5, 31)
    desk.put(data)
    line, forger = Line(platform.url), Line(platform.url, "forger")

    def call(method: str, path: str, body: bytes | None) -> bytes:
        if method == "PUT" and "offset=0" not in path:
            platform.forget(sha256)
            forger("PUT", path.replace("offset=1048576", "offset=0"), bytes(PART))
        return line(method, path, body)

    steps = upload_all(desk, call)
    why = steps[-1].problem
    assert len(steps) == 2 * TRIES and why and why.code == "blob_refused"
    assert look(desk.ask, blobs.refused) == {sha256: why} and desk.bytes_of(sha256) == data
    write(desk.ask, lambda tx: blobs.send_again(tx, sha256))
    upload_all(desk, line)
    assert platform.bytes_of(sha256) == data


def test_damage_on_the_desks_own_disk_is_reported_and_not_sent(platform: Platform, desk: Desk) -> None:
    fine = desk.put(b"fine" * 1000)
    for seed, spoil in ((40, bytes(5)), (41, b"short"[:3]), (42, None)):
        sha256 = desk.put(some(5, seed)[0])

        def damage(tx: blobs.Tx, sha256: str = sha256, spoil: bytes | None = spoil) -> None:
            where = blobs.blob_part.c.sha256 == sha256
            change = blobs.blob_part.update().values(data=spoil) if spoil else blobs.blob_part.delete()
            tx.connection.execute(change.where(where))

        write(desk.ask, damage)
    steps = upload_all(desk, Line(platform.url))
    assert [step.problem and step.problem.code for step in steps] == ["blob_damaged_here"] * 3 + [None]
    assert platform.bytes_of(fine) == b"fine" * 1000


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [(413, "too_large", False), (422, "blob_size", False), (403, "not_allowed", True), (400, "malformed", False),
     (404, "", True), (429, "", True), (409, "", True), (503, "", True), (507, "disk_full", True)],
)  # fmt: skip
def test_refused_for_good_or_for_now(desk: Desk, status: int, code: str, again: bool) -> None:
    sha256 = desk.put(b"photo")

    def call(method: str, path: str, body: bytes | None) -> bytes:
        if method == "GET":
            return b'{"size":0,"received":0,"complete":false}'
        raise Answer(status, {"code": code} if code else {})

    if again:
        with pytest.raises(Answer):
            upload_next(desk.ask, call)
        assert desk.to_upload() == [sha256]
    else:
        step = upload_next(desk.ask, call)
        assert step and step.problem and step.problem.args["code"] == code
        assert upload_next(desk.ask, call) is None and desk.bytes_of(sha256) == b"photo"


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"size":-1,"received":0,"complete":false}'])
def test_an_answer_that_is_none_is_a_broken_link(desk: Desk, answer: bytes) -> None:
    desk.put(b"photo")
    for step in (lambda c: upload_next(desk.ask, c), lambda c: download_next(desk.ask, c, ["0" * 64])):
        with pytest.raises(LinkDown):
            step(lambda method, path, body: answer)


def test_a_platform_that_takes_and_keeps_nothing_is_a_broken_link(desk: Desk) -> None:
    desk.put(b"photo")
    with pytest.raises(LinkDown):
        upload_next(desk.ask, lambda method, path, body: b'{"size":5,"received":0,"complete":false}')


def test_what_is_not_there_yet_or_not_in_scope_is_said(platform: Platform, desk: Desk, tmp_path: Path) -> None:
    data, sha256 = some(PART + 1, 50)
    other = Desk(tmp_path / "other.db")
    other.put(data)
    upload_next(other.ask, Line(platform.url))
    for user, wanted in (("u1", "0" * 64), ("u1", sha256), ("outsider", sha256)):
        if user == "outsider":
            upload_all(other, Line(platform.url))
        step = download_next(desk.ask, Line(platform.url, user), [wanted])
        assert step and step.problem and step.problem.code == "blob_absent"
        assert not (found := desk.get(wanted)) or found.parts == 0
    download_all(desk, Line(platform.url), sha256)
    assert desk.bytes_of(sha256) == data
    other.close()


@pytest.mark.parametrize("what", ["bytes", "short", "long", "huge", "none"])
def test_a_download_that_is_not_what_it_says_is_thrown_away(platform: Platform, desk: Desk, what: str) -> None:
    data, sha256 = some(PART + 5, 60)
    Line(platform.url)("PUT", f"/v1/blob/{sha256}?offset=0&size={len(data)}", data[:PART])
    Line(platform.url)("PUT", f"/v1/blob/{sha256}?offset={PART}&size={len(data)}", data[PART:])
    line = Line(platform.url)

    def call(method: str, path: str, body: bytes | None) -> bytes:
        if path.endswith("/state") and what in ("huge", "none"):
            size = 2**40 if what == "huge" else 0
            return json.dumps({"size": size, "received": size, "complete": True}).encode()
        answer = line(method, path, body)
        if path.endswith("/part/1"):
            return {"bytes": b"other", "short": answer[:-1], "long": answer + b"x"}[what]
        return answer

    steps: list[Step] = []
    while not steps or steps[-1].problem is None:
        step = download_next(desk.ask, call, [sha256])
        assert step and len(steps) < 5
        steps.append(step)
    assert steps[-1].problem and steps[-1].problem.code == "blob_damaged" and desk.get(sha256) is None
    download_all(desk, line, sha256)
    assert desk.bytes_of(sha256) == data


def test_a_photo_does_not_wait_for_a_clip(platform: Platform, desk: Desk) -> None:
    clip, photo = desk.put(some(2 * PART, 70)[0], CLIP), ""
    line = Line(platform.url)
    assert upload_next(desk.ask, line) == Step(clip, PART, 2 * PART)
    photo = desk.put(some(100, 71)[0])
    assert [step.sha256 for step in upload_all(desk, line)] == [photo, clip]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    folder = tmp_path_factory.mktemp("desks")
    pair = Desk(folder / "a.db"), Desk(folder / "b.db")
    yield pair
    for desk in pair:
        desk.close()


TROUBLES = st.sampled_from(["ok", "ok", "lost", "unanswered", "twice", "forget", "forget half", "late"])


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    size=st.sampled_from([1, PART, PART + 1, 2 * PART, 2 * PART + 9]),
    troubles=st.lists(TROUBLES, max_size=14),
    seed=st.integers(0, 2**60),
)
def test_whatever_breaks(
    platform: Platform, pair: tuple[Desk, Desk], size: int, troubles: list[str], seed: int
) -> None:
    """One desk sends, another fetches, and at each request something may go wrong."""
    sender, fetcher = pair
    for desk in pair:  # of what an example before left
        write(desk.ask, lambda tx: tx.connection.execute(blobs.blob_part.delete()))
        write(desk.ask, lambda tx: tx.connection.execute(blobs.blob.delete()))
    data, sha256 = some(size, seed)
    line, left = Line(platform.url), list(troubles)
    late: list[Callable[[], bytes]] = []

    def call(method: str, path: str, body: bytes | None) -> bytes:
        trouble = left.pop(0) if left else "ok"
        if trouble.startswith("forget"):
            platform.forget(sha256, 1 if "half" in trouble else 0)
        if trouble == "late":  # it arrives when nobody expects it any more
            late.append(partial(line, method, path, body))
        if trouble in ("lost", "late"):
            raise LinkDown(Phrase("link_down"))
        answer = line(method, path, body)
        if trouble == "twice":
            answer = line(method, path, body)
        if trouble == "unanswered":
            raise LinkDown(Phrase("link_down"))
        return answer

    sender.put(data)
    for _ in range(40):
        for desk, work in (
            (sender, partial(upload_next, sender.ask, call)),
            (fetcher, partial(download_next, fetcher.ask, call, [sha256])),
        ):
            try:
                work()
            except LinkDown:
                desk.restart()
        if late and not left:
            with suppress(Answer):
                late.pop()()
        if not sender.to_upload():
            if not left and not late:
                break
            write(sender.ask, blobs.send_again)  # the platform says that it was restored
    write(sender.ask, blobs.send_again)
    upload_all(sender, call)
    download_all(fetcher, call, sha256)
    assert platform.bytes_of(sha256) == data == sender.bytes_of(sha256) == fetcher.bytes_of(sha256)
    assert sender.to_upload() == [] and look(sender.ask, blobs.refused) == {}
