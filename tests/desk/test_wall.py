"""The wall: a face on every screen, full, with nothing to press, following what another process writes."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QScrollBar

from console.desk import start
from console.desk.files import DeskFiles
from console.desk.follow import Follower
from console.desk.keep import ON_WALL
from console.desk.plan import Options, plan
from console.desk.wall import FACES, Face
from console.domain.errors import KnownError
from console.store.store import Store
from tests.desk.parts import delete, listening, settle, until
from tests.support_wait import WAIT_S
from widgets import style, theme

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "shots" / "desk"
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from console.desk.files import DeskFiles
from console.domain.alarm import Alarm, AlarmState
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.operation import Actor, AddReadings, ConfirmAlarm, RaiseAlarm
from console.domain.incident import Incident, Stage
from console.domain.words import Label
from console.store.ids import new_id
from console.store.packs import find_pack, load_pack
from console.store.store import Store
from console.sync.outbox import perform

files = DeskFiles(Path(sys.argv[1]), sys.argv[2])
pack = load_pack(find_pack("dongguan-houjie", Path("/nonexistent")))
store = Store.open(files.database, files.key(), realm=sys.argv[2])
print("open", flush=True)
for number, line in enumerate(sys.stdin, 1):
    now = datetime.now(UTC)
    actor = Actor("duty", Label("李", "Li"), now, pack.area)
    gauge = pack.indicators[line.strip()]
    limit = gauge.limits[0]
    alarm = Alarm(new_id(), gauge.id, gauge.name, gauge.place, gauge.at, limit.level, AlarmState.UNACKNOWLEDGED, now,
                  limit.at, limit.at, gauge.measure, gauge.matter, area=pack.area)
    matter = pack.matters[gauge.matter]
    incident = Incident(new_id(), number, matter.code, matter.name, gauge.place, gauge.at or pack.at, limit.level,
                        Stage.ACCEPTED, matter.stages, now, Label("告警", "Alarm"), alarm=alarm.id, area=pack.area)
    perform(store, AddReadings((Reading(gauge.id, now, limit.at),)), actor)
    perform(store, RaiseAlarm(alarm), actor)
    perform(store, ConfirmAlarm(alarm.id, incident), actor)
    print(incident.id, flush=True)
store.close()
"""


class Other:
    """A desk in another process that does what it is told."""

    def __init__(self, folder: Path, realm: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), realm],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "open\n"

    def open_incident(self, indicator: str) -> str:
        """An alarm and its incident are kept; the incident's id."""
        assert self._process.stdin
        assert self._process.stdout
        print(indicator, file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.communicate(timeout=WAIT_S)


@pytest.fixture
def other(app: object, tmp_path: Path) -> Iterator[Callable[[str], Other]]:
    made: list[Other] = []

    def make(realm: str) -> Other:
        made.append(Other(tmp_path, realm))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def follow(app: object, tmp_path: Path) -> Iterator[Callable[..., Follower]]:
    made: list[Follower] = []
    with listening():

        def make(realm: str = "live", beside: str = "", shots: Path | None = None) -> Follower:
            read = plan(Options(data=tmp_path, language="zh", realm=realm, beside=beside, shots=shots))
            start.application(read, theme_name="wall")
            follower = Follower(read)
            made.append(follower)
            follower.show()
            settle(0.5)
            return follower

        yield make
        for follower in made:
            follower.close()
            delete(follower.wall, follower.session, follower.jobs, follower)
        desk = theme.shipped("desk")
        theme.use(desk)
        style.apply(QGuiApplication.instance(), desk)  # type: ignore[arg-type]


def badge(face: Face) -> str:
    return face.header._badge


def test_a_face_on_every_screen_and_nothing_to_press(
    other: Callable[[str], Other], follow: Callable[..., Follower], tmp_path: Path
) -> None:
    desk = other("live")
    for indicator in ("lisha_level", "rain_1h", "congestion", "pm25", "road_water", "gust", "outlet12_cod"):
        desk.open_incident(indicator)
    follower = follow()
    faces, screens = follower.wall.faces, QGuiApplication.screens()
    assert [type(face) for face in faces] == list(FACES)
    until(lambda: len(follower.session.state.open_incidents()) == 7, "what the desk knows")
    settle(1.0)
    for face, screen in zip(faces, screens, strict=True):
        assert face.isFullScreen()
        assert face.geometry() == screen.geometry()
        assert badge(face) == "模拟"
        for kind in (QAbstractButton, QScrollBar, QAbstractSlider, QLineEdit, QComboBox):
            shown = [w for w in face.findChildren(kind) if w.isVisible()]
            assert not shown, f"{type(face).__name__}: {shown}"
        assert face.header.figures()[1].value == "7"
    for face in faces:
        before = face.grab().toImage()
        assert before.size() == face.size()
    SHOTS.mkdir(parents=True, exist_ok=True)
    follower.wall.shoot(SHOTS)
    assert {p.name for p in SHOTS.glob("wall-?.png")} >= {"wall-1.png", "wall-2.png", "wall-3.png"}


def test_what_does_not_fit_comes_round(other: Callable[[str], Other], follow: Callable[..., Follower]) -> None:
    desk = other("live")
    for indicator in 4 * ("lisha_level", "rain_1h", "congestion", "pm25", "road_water", "gust"):
        desk.open_incident(indicator)
    follower = follow()
    overview = follower.wall.faces[0]
    board = overview.incidents  # type: ignore[attr-defined]
    until(lambda: len(follower.session.state.open_incidents()) == 24)
    settle(0.5)
    page, pages = board.page()
    assert pages > 1
    seen = {page}
    for _ in range(pages):
        follower.wall._rotate()
        seen.add(board.page()[0])
    assert len(seen) == pages
    assert board.page()[0] == page


def test_one_screen_is_left_to_the_desk(other: Callable[[str], Other], follow: Callable[..., Follower]) -> None:
    other("live")
    follower = follow(beside="Screen1")
    assert [face.screen().name() for face in follower.wall.faces] == ["Screen2", "Screen3"]
    assert [face.geometry() for face in follower.wall.faces] == [s.geometry() for s in QGuiApplication.screens()[1:]]


def test_it_follows_another_process_within_two_seconds(
    other: Callable[[str], Other], follow: Callable[..., Follower]
) -> None:
    desk = other("live")
    follower = follow()
    overview = follower.wall.faces[0]
    rows = overview.incidents.rows  # type: ignore[attr-defined]
    took = []
    for indicator in ("lisha_level", "rain_1h", "congestion"):
        incident = desk.open_incident(indicator)
        written = time.monotonic()
        until(lambda incident=incident: incident in {row.id for row in rows()}, "the incident is on the wall")
        took.append(time.monotonic() - written)
    assert min(took) < 2.0, took
    assert overview.header.figures()[0].word == "最高等级"
    assert "lisha_level" in follower.session.state.series


def test_what_is_put_on_the_wall_is_what_it_looks_at(
    other: Callable[[str], Other], follow: Callable[..., Follower], tmp_path: Path
) -> None:
    desk = other("live")
    first, second = desk.open_incident("lisha_level"), desk.open_incident("rain_1h")
    follower = follow()
    until(lambda: len(follower.session.state.open_incidents()) == 2, "what the desk knows")
    gravest = follower.session.state.open_incidents()[0].id
    put = second if gravest == first else first
    focus = follower.wall.faces[0].focus()
    assert focus is not None
    assert focus.id == gravest
    desk.close()
    files = DeskFiles(tmp_path)
    store = Store.open(files.database, files.key())
    with store.begin() as tx:
        tx.set_setting(ON_WALL, put)
    store.close()
    until(lambda: (there := follower.wall.faces[0].focus()) is not None and there.id == put, "the one put there")


def test_a_drills_wall_says_so(other: Callable[[str], Other], follow: Callable[..., Follower]) -> None:
    other("drill-typhoon")
    follower = follow(realm="drill-typhoon")
    assert {badge(face) for face in follower.wall.faces} == {"演练"}
    for face in follower.wall.faces[:2]:
        tiles = face.video._slots  # type: ignore[attr-defined]
        assert tiles
        assert {slot.tile._badge for slot in tiles} == {"演练"}


def test_keys_leave_full_screen_and_close(other: Callable[[str], Other], follow: Callable[..., Follower]) -> None:
    other("live")
    first, second, _ = follow().wall.faces
    first.activateWindow()
    until(first.isActiveWindow)
    QTest.keyClick(first, Qt.Key.Key_F11)
    assert not first.isFullScreen()
    QTest.keyClick(first, Qt.Key.Key_F11)
    assert first.isFullScreen()
    second.activateWindow()
    until(second.isActiveWindow)
    QTest.keyClick(second, Qt.Key.Key_Escape)
    assert not second.isVisible()


def test_it_writes_nothing_and_needs_a_desk_that_was_there(
    other: Callable[[str], Other], follow: Callable[..., Follower], tmp_path: Path
) -> None:
    with pytest.raises(KnownError) as said:
        follow()
    assert said.value.phrase.code == "store_missing"
    desk = other("live")
    follower = follow()
    with pytest.raises(Exception, match="readonly"), follower._store.begin() as tx:
        tx.set_setting("x", 1)
    desk.open_incident("lisha_level")
    files = DeskFiles(tmp_path)
    store = Store.open(files.database, files.key(), read_only=True)
    with store.read() as view:
        assert view.setting("x") is None
    store.close()
