"""What the world does wrong: each is said in a sentence, in the reader's language, and nothing is lost by it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox
from sqlalchemy import event

import resources
from console.desk.children import Platform
from console.desk.desk import Desk
from console.desk.files import DeskFiles
from console.desk.plan import DEMO_PASSWORD, Options
from console.domain.camera import Picture
from console.domain.errors import KnownError
from console.domain.phrases import PHRASES
from console.store.check import verify_file
from console.store.store import Store
from console.sync.client import Link
from tests.desk.parts import at_work, open_incident, pack, press, running, settle, sign_in, until, write
from tests.end2end.parts import ROOT, Driven, yiping
from tests.support_wait import WAIT_S

BOTH = [("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en")]


def refused(ended: "subprocess.CompletedProcess[str]") -> str:
    """What a command said against it: exit code 2, one sentence, no traceback."""
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.strip()
    return ended.stderr


@pytest.mark.parametrize(("lang", "code"), BOTH)
def test_a_wrong_key_in_the_settings(tmp_path: Path, lang: str, code: str) -> None:
    file = tmp_path / "settings.toml"
    text = '# ours\nlanguage = "zh"\n\nvideo_worker = 4\n'
    file.write_text(text, "utf-8")
    said = refused(yiping("desk", "--data", tmp_path / "data", YIPING_CONFIG=str(file), LANG=lang))
    for part in (str(file), "video_worker", "video_workers", "4"):
        assert part in said
    assert ("行" in said) == (code == "zh")
    assert re.search(r"第 4 行" if code == "zh" else r"line 4", said)
    assert file.read_text("utf-8") == text
    assert not (tmp_path / "data" / "desk").exists()


@pytest.mark.parametrize(("lang", "code"), BOTH)
@pytest.mark.parametrize("text", ["sound = 'loud'", "sound = 1", "language = ", "\x00", "video_workers = true"])
def test_a_wrong_value_in_the_settings(tmp_path: Path, lang: str, code: str, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, "utf-8")
    said = refused(yiping("desk", "--data", tmp_path / "data", YIPING_CONFIG=str(file), LANG=lang))
    assert str(file) in said
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (code == "zh")


def test_settings_that_are_not_text(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"\xff\xfe\x00language")
    assert str(file) in refused(yiping("desk", "--data", tmp_path / "data", YIPING_CONFIG=str(file)))


@pytest.mark.parametrize(("lang", "code"), BOTH)
def test_a_pack_that_cannot_be_read(tmp_path: Path, lang: str, code: str) -> None:
    folder = tmp_path / "data" / "packs" / "broken"
    folder.mkdir(parents=True)
    for file in resources.path("packs", "dongguan-houjie").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    text = (folder / "pack.yaml").read_text("utf-8").replace("id: dongguan-houjie", "id: broken")
    (folder / "pack.yaml").write_text(text, "utf-8")
    (folder / "users.yaml").write_text("duty: [not closed", "utf-8")
    config = tmp_path / "settings.toml"
    config.write_text('pack = "broken"')
    said = refused(yiping("desk", "--data", tmp_path / "data", YIPING_CONFIG=str(config), LANG=lang))
    assert "users.yaml" in said
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (code == "zh")


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('pack = "atlantis"')
    said = refused(yiping("desk", "--data", tmp_path / "data", YIPING_CONFIG=str(config), LANG="en_GB.UTF-8"))
    assert "atlantis" in said
    assert str(tmp_path / "data" / "packs") in said


@pytest.mark.parametrize(("lang", "code"), BOTH)
@pytest.mark.parametrize("name", ["no-such", "no/such.yaml", "", "typhoon-flood.yaml"])
def test_an_unknown_scenario(tmp_path: Path, lang: str, code: str, name: str) -> None:
    said = refused(yiping("drill", "run", name, "--data", tmp_path, LANG=lang))
    assert name in said
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (code == "zh")


def test_a_scenario_with_a_mistake(tmp_path: Path) -> None:
    text = resources.path("scenarios", "typhoon-flood.yaml").read_text("utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("indicator: lisha_level, value: 3.48", "indicator: lisa_level, value: 3.48"), "utf-8")
    said = refused(yiping("drill", "run", file, "--data", tmp_path, LANG="en_GB.UTF-8"))
    assert "mine.yaml" in said
    assert "lisa_level" in said


@pytest.mark.parametrize(("lang", "code"), BOTH)
def test_no_display(tmp_path: Path, lang: str, code: str) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    ended = subprocess.run(
        [sys.executable, "-m", "console", "desk", "--data", str(tmp_path)],
        cwd=ROOT,
        env={**env, "LANG": lang},
        check=False,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )
    assert refused(ended).strip() == getattr(PHRASES["no_display"], code)


def told(desk: Desk) -> str:
    """What the box says that comes instead of a desk."""
    found: list[QMessageBox] = []

    def there() -> bool:
        found[:] = [b for b in desk.window.findChildren(QMessageBox) if b.isVisible()]
        return bool(found)

    until(there, "the box")
    box = found[0]
    text = box.text()
    box.finished.disconnect()  # it ends the program, which is the test here
    box.close()
    return text


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_wrong_key(tmp_path: Path, language: Any) -> None:
    files = DeskFiles(tmp_path)
    Store.open(files.database, bytes(32)).close()
    before = files.database.read_bytes()
    with running(Options(data=tmp_path, language=language)) as desk:
        said = told(desk)
    assert said == getattr(PHRASES["store_key"], language).format(path=files.database)
    assert files.database.read_bytes() == before


@pytest.mark.usefixtures("app")
def test_a_key_file_that_is_none(tmp_path: Path) -> None:
    files = DeskFiles(tmp_path)
    files.key()
    (tmp_path / "desk" / "key").write_text("")
    with running(Options(data=tmp_path, language="en")) as desk:
        assert str(tmp_path / "desk" / "key") in told(desk)


@pytest.mark.usefixtures("app")
def test_a_second_desk_on_the_same_database(tmp_path: Path) -> None:
    with at_work(tmp_path) as first:
        assert first.session is not None
        incident = open_incident(first.session)
        with running(Options(data=tmp_path, language="zh")) as second:
            assert told(second) == PHRASES["store_taken"].zh.format(path=DeskFiles(tmp_path).database)
        first.session.write("照常", incident)
        until(lambda: any(e.note.text == "照常" for e in first.session.state.entries), "the first goes on")  # type: ignore[union-attr]
    store = Store.open(DeskFiles(tmp_path).database, DeskFiles(tmp_path).key(), read_only=True)
    assert verify_file(store) == []
    store.close()


@pytest.mark.usefixtures("app")
def test_a_second_desk_ends_with_two(tmp_path: Path) -> None:
    with at_work(tmp_path):
        second = Driven("second.py", tmp_path, folder=tmp_path)
        assert second.hear("box")["box"] == PHRASES["store_taken"].zh.format(path=DeskFiles(tmp_path).database)
        assert second.end() == 2


def fill(folder: Path) -> Path:
    """A file that takes what room there is."""
    file = folder / "full"
    with file.open("wb", buffering=0) as filling:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    filling.write(b"x" * size)
            except OSError:
                continue
    return file


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


class PageLimit:
    """The database may not grow past the pages it has: what a full disk says, for who may mount nothing."""

    def __init__(self, desk: Desk) -> None:
        assert desk.session is not None
        self._store, self._jobs, self._pages = desk.session.store, desk.jobs, 1_000_000
        event.listen(self._store._engine, "checkout", self._limit)  # each connection has a limit of its own

    def _limit(self, connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {self._pages}")

    def full(self) -> None:
        self._pages = 1

        def fill() -> None:
            """And what was free inside is taken."""
            with pytest.raises(KnownError, match="disk_full"):
                for number in range(100):
                    with self._store.begin() as tx:
                        tx.set_setting(f"full.{number}", "x" * 4000)

        self._jobs.store(fill).result(WAIT_S)

    def room(self) -> None:
        self._pages = 1_000_000


@pytest.mark.usefixtures("app")
def test_a_full_database(tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        limit = PageLimit(desk)
        a_full_disk(desk, limit.full, limit.room)


if os.geteuid() == 0:

    @pytest.mark.usefixtures("app")
    def test_a_full_disk(small: Path) -> None:
        with at_work(small) as desk:
            a_full_disk(desk, lambda: fill(small), (small / "full").unlink)


def a_full_disk(desk: Desk, full: Any, room: Any) -> None:
    session, control = desk.session, desk.control
    assert session is not None
    assert control is not None
    incident = open_incident(session)
    control.open(incident)
    panel = desk.window.panels.incident
    until(lambda: panel.detail() is not None, "it is shown")
    full()
    panel.focus_note()
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    words = "堤脚冒浑水,派人看 " * 400  # more than what room a page may still have
    write_all(line, words)
    press(line, "Return")
    until(desk.window.banner.isVisible, "a banner")
    assert "磁盘已满" in desk.window.banner.text()
    settle(0.6)
    assert line.text().strip() == words.strip(), "what was typed stands in its line again"
    assert panel.drafts()[incident].strip() == words.strip()
    assert not any(words.strip() in e.note.text for e in session.state.entries)
    room()
    panel.focus_note()
    press(line, "Return")
    until(lambda: any(words.strip() == e.note.text for e in session.state.entries), "and can be sent now")
    assert line.text() == ""
    assert session.jobs.store(lambda: verify_file(session.store)).result(WAIT_S) == []


def write_all(line: QLineEdit, text: str) -> None:
    write(line, text[:10])
    line.insert(text[10:])


@pytest.mark.usefixtures("app")
def test_a_camera_that_refuses(tmp_path: Path) -> None:
    """The nearest camera of an alarm says no: its tile says offline, the others go on, the desk does not mind."""
    from console.domain.intake import CameraFault

    with running(Options(data=tmp_path, language="zh", demo=True, scenario="demo-town")) as desk:
        grid = desk.window.panels.video

        def picture(id: str) -> Picture:
            tile = grid.tile(id)
            return tile.status if tile else Picture.IDLE

        until(lambda: desk.feeds.server is not None and desk.session is not None, "cameras")
        assert desk.session is not None
        refusing = grid.cameras()[0].id
        desk.session.take(CameraFault(refusing, "refuse"))
        others = [camera.id for camera in grid.cameras()[1:]]
        until(lambda: all(picture(id) is Picture.LIVE for id in others[:2]), "the others are live")
        until(lambda: picture(refusing) is Picture.OFFLINE, "it says offline")
        assert all(picture(id) is Picture.LIVE for id in others[:2])


@pytest.mark.usefixtures("app")
def test_a_platform_that_no_longer_takes_the_token(tmp_path: Path) -> None:
    """Its tokens are gone: the desk signs in anew and nothing is lost. Its password is gone: a banner says so."""
    platform = Platform(tmp_path / "central", pack().id)
    platform.start()
    from tests.desk.test_sign_in import answers

    until(lambda: answers(platform.url), "the platform listens")
    with running(Options(data=tmp_path / "desk", language="zh", platform=platform.url)) as desk:
        sign_in(desk)
        session, link = desk.session, desk.link
        assert session is not None
        assert link is not None
        until(lambda: link.client.state.link is Link.ONLINE, "online")
        platform.kill()
        until(lambda: link.client.state.link is Link.OFFLINE, "offline")
        forget_tokens(tmp_path / "central")
        session.write("while the tokens were lost", None)
        platform.start()
        until(lambda: link.client.state.link is Link.ONLINE, "online again")
        until(lambda: desk.chrome.pending.get("command", 1) == 0, "sent")
        link.client.sign_in("duty", "no longer the password")
        until(lambda: link.client.state.link is Link.DENIED, "denied")
        until(lambda: "平台不接受登录" in desk.window.banner.text(), "the banner says so")
        session.write("still at work", None)
        until(lambda: desk.chrome.pending.get("command", 0) == 1, "it waits")
        link.client.sign_in("duty", DEMO_PASSWORD)
        until(lambda: desk.chrome.pending.get("command", 1) == 0, "and is sent in the end")
    platform.kill()


def forget_tokens(folder: Path) -> None:
    import sqlite3

    for file in folder.rglob("*.db"):
        database = sqlite3.connect(file)
        try:
            database.execute("DELETE FROM token")
            database.commit()
        finally:
            database.close()
