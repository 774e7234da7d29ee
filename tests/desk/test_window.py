"""The window at every size: each panel inside and of some size, drawers, floating panels, layouts that come back."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from console.desk.desk import Desk
from tests.desk.parts import at_work, dispatched, press, settle, until

SIZES = [(1280, 720), (1920, 1080), (3840, 2160)]
WORKSPACES = ["dispatch", "video", "map", "indicators"]
SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots" / "desk"


@pytest.fixture(scope="module")
def desk(shared: Desk) -> Desk:
    assert shared.session is not None
    dispatched(shared.session)
    return shared


def resized(desk: Desk, width: int, height: int) -> None:
    desk.window.resize(width, height)
    until(lambda: (desk.window.width(), desk.window.height()) == (width, height), "the size")
    settle(0.3)


def place(desk: Desk, name: str) -> QRect:
    """Where a dock is in the window, brought to the front when it shares its place."""
    dock = desk.window.docks[name]
    if desk.window.tabifiedDockWidgets(dock):
        dock.raise_()
        settle(0.1)
    return QRect(dock.mapTo(desk.window, QPoint(0, 0)), dock.size())


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("workspace", WORKSPACES)
def test_every_panel_is_inside_and_has_a_size(desk: Desk, workspace: str, size: tuple[int, int]) -> None:
    resized(desk, *size)
    desk.chrome._show_workspace(workspace)
    desk.window.reset_layout()
    settle(0.4)
    assert (desk.window.width(), desk.window.height()) == size, "its contents do not push the window open"
    shown = [name for name, dock in desk.window.docks.items() if not dock.isHidden()]
    assert len(shown) >= 3
    places = {name: place(desk, name) for name in shown}
    for name, rect in places.items():
        assert desk.window.rect().contains(rect), f"{name} {rect} in {desk.window.rect()}"
        least = desk.window.docks[name].minimumSizeHint()
        assert rect.width() >= max(120, least.width()), f"{name} {rect} {least}"
        assert rect.height() >= max(60, least.height()), f"{name} {rect} {least}"
        body = desk.window.docks[name].body()
        assert body.width() > 80
        assert body.height() > 30
    apart = [n for n in shown if not desk.window.tabifiedDockWidgets(desk.window.docks[n])]
    for at, one in enumerate(apart):
        for other in apart[at + 1 :]:
            assert not places[one].intersects(places[other]), f"{one} over {other}"
    SHOTS.mkdir(parents=True, exist_ok=True)
    assert desk.window.grab().save(str(SHOTS / f"{workspace}-{size[0]}.png"))


def test_the_incident_is_a_drawer_in_a_narrow_window(desk: Desk) -> None:
    resized(desk, 1280, 720)
    desk.chrome._show_workspace("dispatch")
    desk.window.reset_layout()
    drawer = desk.window.docks["incident"]
    assert drawer.isHidden()
    press(desk.window, "F8")
    until(drawer.isVisible, "F8 opens it")
    settle()
    assert desk.window.size().toTuple() == (1280, 720)
    assert desk.window.rect().contains(place(desk, "incident"))
    press(desk.window, "F8")
    until(drawer.isHidden, "and closes it")
    resized(desk, 1920, 1080)
    until(drawer.isVisible, "a wide window shows it again")


def test_every_panel_is_reached_by_its_key(desk: Desk) -> None:
    resized(desk, 1920, 1080)
    desk.chrome._show_workspace("dispatch")
    desk.window.reset_layout()
    settle()
    for number, (name, dock) in enumerate(desk.window.docks.items(), 1):
        press(desk.window, f"Alt+{number % 10}")
        until(dock.isVisible, name)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert focus is dock.body() or dock.body().isAncestorOf(focus), f"{name}: {focus}"


def test_each_workspace_is_as_it_was_left(desk: Desk) -> None:
    resized(desk, 1920, 1080)
    desk.chrome._show_workspace("dispatch")
    desk.window.reset_layout()
    desk.window.docks["chart"].hide()
    desk.chrome._show_workspace("map")
    desk.chrome._show_workspace("dispatch")
    assert desk.window.docks["chart"].isHidden()
    desk.window.reset_layout()
    assert desk.window.docks["chart"].isVisible()


def test_each_size_has_a_layout_of_its_own(desk: Desk) -> None:
    docks = desk.window.docks
    resized(desk, 1280, 720)
    desk.chrome._show_workspace("dispatch")
    desk.window.reset_layout()
    docks["units"].hide()  # one's own arrangement of the small window
    settle(0.6)
    kept = desk.window.layouts()
    resized(desk, 1920, 1080)
    assert not desk.window.tabifiedDockWidgets(docks["incidents"]), "made large it has no tabs of a small one"
    assert docks["units"].isVisible()
    assert docks["incident"].isVisible()
    docks["chart"].hide()
    settle(0.6)
    resized(desk, 1280, 720)
    assert docks["units"].isHidden()
    resized(desk, 1920, 1080)
    assert docks["chart"].isHidden(), "and so has the large one"
    desk.window.set_layouts(kept)
    settle()
    assert not desk.window.tabifiedDockWidgets(docks["incidents"]), "what a small window kept is not for a large one"
    desk.window.reset_layout()


def test_a_layout_that_is_none_is_no_harm(desk: Desk) -> None:
    desk.window.set_layouts({"dispatch/medium": "bm90IGEgbGF5b3V0", "no such workspace": "AAAA"})
    settle()
    assert desk.window.docks["map"].isVisible()
    assert desk.window.rect().contains(place(desk, "map"))
    desk.window.reset_layout()


@pytest.mark.usefixtures("app")
def test_a_floating_panel_comes_back_on_its_screen(tmp_path: Path) -> None:
    second = QApplication.screens()[1].geometry()
    there = QRect(second.x() + 200, second.y() + 100, 900, 600)
    with at_work(tmp_path) as desk:
        video = desk.window.docks["video"]
        video.setFloating(True)
        video.setGeometry(there)
        settle()
        assert video.screen().name() == "Screen2"
        desk.window.docks["chart"].hide()
        desk.chrome._show_workspace("map")
        desk.chrome._show_workspace("dispatch")
        settle()
        assert video.isFloating()
        desk.window.docks["units"].hide()
    with at_work(tmp_path) as desk:
        video = desk.window.docks["video"]
        until(video.isFloating, "it floats again")
        settle()
        assert video.screen().name() == "Screen2"
        assert video.geometry().size() == there.size()
        assert desk.window.docks["chart"].isHidden()
        assert desk.window.docks["units"].isHidden()
        video.setFloating(False)
        settle()
        assert desk.window.rect().contains(place(desk, "video")), "and it docks again"
