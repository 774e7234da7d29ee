"""Photos and clips of an incident: kept whole, said where they are, opened as they were."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from console.desk import present
from console.desk.children import Platform
from console.desk.session import Session, utc_now
from console.domain.alarm import Photo
from console.domain.attachment import Attachment
from console.domain.conflict import By
from console.domain.operation import RaiseAlarm
from console.domain.phrases import say
from console.domain.words import Label, Phrase
from console.store import blobs
from console.sync.client import Link
from tests.desk.parts import at_work, open_incident, pack, session, until
from tests.support_pack import alarm
from tests.support_wait import WAIT_S
from widgets.attachment_list import FileState


@pytest.mark.usefixtures("app")
def test_a_file_is_kept_waits_and_opens_as_it_was(tmp_path: Path) -> None:
    photo = tmp_path / "立沙桥.jpg"
    photo.write_bytes(bytes(range(256)) * 9000)  # three parts
    with session(tmp_path) as desk:
        incident = open_incident(desk)
        desk.attachments.attach(incident, photo)
        until(lambda: shown(desk, incident) == [("立沙桥.jpg", FileState.WAITING)], "it waits to be sent")
        (file,) = desk.state.attachments_of(incident)
        assert (file.media, file.size, file.by.user) == ("image/jpeg", 2_304_000, desk.user.id)
        assert "附件:立沙桥.jpg" in [say(e.note.phrase, "zh") for e in desk.state.entries_of(incident) if e.note.phrase]
        opened: list[str] = []
        desk.attachments.opened.connect(opened.append)
        desk.attachments.open(file.id)
        until(lambda: bool(opened), "it is laid out")
        assert Path(opened[0]).name == "立沙桥.jpg" and Path(opened[0]).read_bytes() == photo.read_bytes()

        def sent() -> None:
            with desk.store.begin() as tx:
                blobs.set_uploaded(tx, file.sha256)

        desk.jobs.store(sent).result(WAIT_S)
        desk.attachments.look()
        until(lambda: shown(desk, incident) == [("立沙桥.jpg", FileState.SENT)], "it was sent")


@pytest.mark.usefixtures("app")
def test_the_photo_of_a_confirmed_alarm_is_a_file_of_its_incident(tmp_path: Path) -> None:
    with session(tmp_path) as desk:
        photo = Photo("c" * 64, "image/jpeg", 900)
        raised = replace(alarm(), title=Label("烟雾", "Smoke"), picture=photo, area=desk.area)
        desk.do(RaiseAlarm(raised))
        until(lambda: raised.id in desk.state.alarms, "it waits")
        told: list[Phrase] = []
        desk.refused.connect(told.append)
        desk.attachments.open_photo(raised)
        until(lambda: bool(told), "it is said that its photo is not here yet")
        assert say(told[0], "zh").startswith("附件“烟雾.jpeg”还没有下载")
        incident = desk.confirm(raised)
        until(lambda: incident in desk.state.incidents, "it is an incident")
        until(lambda: shown(desk, incident) == [("烟雾.jpeg", FileState.REMOTE)], "its photo is not here yet")
        assert "附件:烟雾.jpeg" in [say(e.note.phrase, "zh") for e in desk.state.entries_of(incident) if e.note.phrase]


@pytest.mark.usefixtures("app")
def test_a_file_that_is_elsewhere_is_said_to_be_and_one_that_is_none_is_not_taken(tmp_path: Path) -> None:
    with session(tmp_path) as desk:
        incident = open_incident(desk)
        by = By("chen", Label("陈", "Chen"), utc_now(), desk.area)
        desk.show((Attachment("f1", incident, "b" * 64, "远处.mp4", "video/mp4", 5, by),))
        desk.attachments.look()
        until(lambda: shown(desk, incident) == [("远处.mp4", FileState.REMOTE)], "it is elsewhere")
        told: list[Phrase] = []
        desk.refused.connect(told.append)
        desk.attachments.open("f1")
        until(lambda: bool(told), "it is said")
        assert say(told[0], "zh").startswith("附件“远处.mp4”还没有下载")
        failed: list[BaseException] = []
        desk.failed.connect(failed.append)
        desk.attachments.attach(incident, tmp_path / "none.jpg")
        until(lambda: bool(failed), "there is no such file")
        assert len(desk.state.attachments_of(incident)) == 1


def listens(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) == 0


def shown(desk: Session, incident: str) -> list[tuple[str, FileState]]:
    detail = present.incident_detail(desk, incident)
    assert detail is not None
    return [(row.attachment.name, row.state) for row in detail.files]


@pytest.mark.usefixtures("app")
def test_a_file_is_said_to_be_sent_as_soon_as_the_platform_has_it(tmp_path: Path) -> None:
    """And one that it does not take is not said to be there."""
    (clip := tmp_path / "桥.mp4").write_bytes(b"mpeg" * 9)
    platform = Platform(tmp_path / "central", pack().id)
    platform.start()
    until(lambda: listens(platform.url), "the platform listens")
    with at_work(tmp_path / "desk", platform=platform.url) as desk:
        session, link = desk.session, desk.link
        assert session is not None and link is not None
        until(lambda: link.client.state.link is Link.ONLINE, "online")
        incident = open_incident(session)
        session.attachments.attach(incident, clip)
        until(lambda: shown(session, incident) == [("桥.mp4", FileState.SENT)], "the platform has it")
        (file,) = session.state.attachments_of(incident)
        until(lambda: not sum(desk.chrome.pending.values()), "all is told back")
        with session.store.begin() as tx:
            blobs.set_refused(tx, file.sha256, Phrase("blob_refused", {"id": "x", "code": "x"}))
        session.attachments.look()
        until(lambda: shown(session, incident) == [("桥.mp4", FileState.REFUSED)], "it is not taken")
    platform.kill()
