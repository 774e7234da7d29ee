"""Attachments between desks and the real platform: what one desk keeps, those in its scope see, and no one else."""

import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.attachment import Attachment
from console.domain.conflict import By
from console.domain.incident import Incident, Stage
from console.domain.merging import AttachFile
from console.domain.operation import OpenIncident
from console.domain.words import Label
from console.store import blobs
from console.store.blobs import PART
from console.store.ids import new_id
from console.store.queries import View
from console.store.store import Store
from console.sync.blobs import Step
from console.sync.files import PHOTO_MOST
from tests.support_blobs import some
from tests.support_pack import START, actor, incident
from tests.support_platform import ROOT, Desk, Platform, api, until
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")
BY = By("u1", WHO, START, "")
ONE_DESK = (
    "import sys, pathlib; from tests.support_platform import Desk; desk = Desk(pathlib.Path(sys.argv[1]));"
    "client = desk.connect(sys.argv[2]); client.on_file = lambda sha256, step: print(step.done, flush=True);"
    "sys.stdin.read()"
)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path / "platform")
    yield platform
    platform.kill()


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[list[Desk]]:
    desks = [Desk(tmp_path / f"{name}.db") for name in ("a", "b", "c")]
    yield desks
    for desk in desks:
        desk.close()


def attach(desk: Desk, to: Incident, data: bytes, media: str = "image/jpeg", says: int | None = None) -> str:
    """As the desk does it: the bytes first, then what refers to them."""

    def keep(store: Store) -> str:
        with store.begin() as tx:
            return blobs.put(tx, [data], media)[0]

    sha256 = str(desk.submit(keep).result())
    size = len(data) if says is None else says
    desk.do(AttachFile(Attachment(new_id(), to.id, sha256, "photo.jpg", media, size, BY)), actor())
    return sha256


def held(desk: Desk, sha256: str) -> bytes | None:
    found = desk.see(lambda view: blobs.get(view, sha256))
    if found is None or not found.complete:
        return None
    return desk.see(lambda view: b"".join(blobs.read(view, sha256)))


def uploaded(desk: Desk) -> bool:
    return desk.settled() and not desk.see(blobs.to_upload)


def test_a_photo_attached_offline_arrives_on_the_other_desk(platform: Platform, desks: list[Desk]) -> None:
    a, b, _ = desks
    it = incident()
    a.do(OpenIncident(it, WHO), actor())
    data, sha256 = some(2 * PART + 7)
    assert attach(a, it, data) == sha256
    told: list[Step] = []
    b.connect(platform.url, "u2").on_file = lambda of, step: told.append(step)
    a.connect(platform.url)
    until(lambda: held(b, sha256) == data)
    until(lambda: uploaded(a))
    assert b.see(blobs.to_upload) == []  # it came from there
    done = [step.done for step in told if step.problem is None]
    assert done == [PART, 2 * PART, len(data)] and told[-1].complete


def test_a_desk_of_another_town_is_given_nothing(platform: Platform, desks: list[Desk]) -> None:
    a = desks[0]
    it = incident()
    data, sha256 = some(1000, 2)
    a.do(OpenIncident(it, WHO), actor())
    attach(a, it, data)
    a.connect(platform.url)
    until(lambda: uploaded(a))
    with api(platform.url, "w", user="u2") as mine, api(platform.url, "x", user="other") as other:
        for path in (f"/v1/blob/{sha256}", f"/v1/blob/{sha256}/part/0"):
            assert mine.get(platform.url + path, timeout=WAIT_S).content == data
            assert other.get(platform.url + path, timeout=WAIT_S).status_code == 404
    with api(platform.url, "y", user="village") as village:  # below the town, where it did not happen
        assert village.get(f"{platform.url}/v1/blob/{sha256}", timeout=WAIT_S).status_code == 404
    with api(platform.url, "z", user="leader") as leader:  # looks on
        assert leader.get(f"{platform.url}/v1/blob/{sha256}", timeout=WAIT_S).content == data
        photo, name = some(10, 3)
        put = leader.put(f"{platform.url}/v1/blob/{name}?offset=0&size=10", data=photo, timeout=WAIT_S)
        assert (put.status_code, put.json()["code"]) == (403, "not_allowed")


def test_bytes_that_nothing_refers_to_are_nobodys(platform: Platform) -> None:
    data, sha256 = some(10, 4)
    with api(platform.url, "w") as mine:
        assert mine.put(f"{platform.url}/v1/blob/{sha256}?offset=0&size=10", data=data, timeout=WAIT_S).ok
        assert mine.get(f"{platform.url}/v1/blob/{sha256}", timeout=WAIT_S).status_code == 404


def test_a_desk_and_a_platform_that_are_killed_go_on(platform: Platform, desks: list[Desk], tmp_path: Path) -> None:
    a, b, _ = desks
    it = incident()
    data, sha256 = some(16 * PART, 5)
    a.do(OpenIncident(it, WHO), actor())
    attach(a, it, data)
    a.close()
    command = [sys.executable, "-c", ONE_DESK, str(tmp_path / "a.db"), platform.url]
    dice, most = random.Random(7), 0
    for turn in range(3):
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            for _ in range(dice.randrange(1, 4)):
                done = int(child.stdout.readline())
                assert done >= most  # never from the beginning again
                most = done
            child.send_signal(signal.SIGKILL)
        if turn == 1:
            platform.kill()
            platform.start()
    assert most >= PART
    desks[0] = Desk(tmp_path / "a.db")
    desks[0].connect(platform.url)
    b.connect(platform.url, "u2")
    until(lambda: held(b, sha256) == data)


def test_photos_of_now_come_by_themselves_and_others_when_asked_for(platform: Platform, desks: list[Desk]) -> None:
    a, b, _ = desks
    now, past = incident(1), replace(incident(2), stage=Stage.CLOSED, closed_at=START)
    for it in (now, past):
        a.do(OpenIncident(it, WHO), actor())
    photo, clip, old, large = (some(size, size)[0] for size in (PART, PART + 1, PART + 2, PHOTO_MOST + 1))
    others = {attach(a, now, clip, "video/mp4"): clip, attach(a, past, old): old, attach(a, now, large, says=1): large}
    asked = attach(a, now, photo)
    a.connect(platform.url)
    until(lambda: uploaded(a))
    told: list[Step] = []
    client = b.connect(platform.url, "u2")
    client.on_file = lambda sha256, step: told.append(step)
    until(lambda: held(b, asked) == photo and len(b.see(photos_there)) == 4)
    client.want_file(next(iter(others)))
    until(lambda: any(step.complete and step.sha256 != asked for step in told))
    # the rest had its turn meanwhile: nothing else came, and of the photo that was said to be small one part
    assert [held(b, sha256) is not None for sha256 in others] == [True, False, False]
    assert sum(step.done for step in told if step.size == len(large)) <= PART
    for sha256, data in others.items():
        client.want_file(sha256)
        until(lambda sha256=sha256, data=data: held(b, sha256) == data)


def photos_there(view: View) -> list[Attachment]:
    return view.every(Attachment)


def test_a_platform_made_anew_is_given_the_files_again(platform: Platform, desks: list[Desk], tmp_path: Path) -> None:
    a, b, _ = desks
    it = incident()
    a.do(OpenIncident(it, WHO), actor())
    data, sha256 = some(PART, 30)
    attach(a, it, data)
    a.connect(platform.url)
    until(lambda: uploaded(a))
    platform.kill()
    shutil.rmtree(platform.data)
    platform.start()
    b.connect(platform.url, "u2")
    until(lambda: held(b, sha256) == data)
    until(lambda: uploaded(a))


def test_a_relay_passes_files_up_and_down(platform: Platform, desks: list[Desk], tmp_path: Path) -> None:
    below, above, other = desks
    town = Platform(tmp_path / "town", platform.url)
    try:
        it = incident()
        below.do(OpenIncident(it, WHO), actor())
        data, sha256 = some(2 * PART, 40)
        attach(below, it, data)
        below.connect(town.url)
        above.connect(platform.url, "city")
        until(lambda: held(above, sha256) == data)
        clip, film = some(2 * PART, 41)
        until(lambda: above.see(lambda view: view.get(Incident, it.id)) is not None)
        attach(above, it, clip, "video/mp4")
        client = other.connect(town.url, "u2")
        until(lambda: held(other, sha256) == data)
        client.want_file(film)
        until(lambda: held(other, film) == clip)  # it is asked for again every minute
    finally:
        town.kill()
