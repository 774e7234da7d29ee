"""The map in a real Chromium: it paints, asks nobody outside, answers clicks and survives its renderer."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEngineSettings
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QWidget

import resources
from tests import support_qt
from tests.support_qt import until as wait
from widgets import theme as themes
from widgets.map_data import MapCamera, MapGauge, MapIncident, MapRoute, MapUnit
from widgets.map_view import MapView

SHOTS = Path(__file__).parents[2] / "build" / "shots"
HERE = (113.67081, 22.91414)
INCIDENT = MapIncident("i-34", "I34", "河道水位超警", *HERE, "orange", selected=True)


def ask(view: MapView, script: str) -> Any:
    """What the page answers."""
    assert view.page is not None
    return support_qt.ask(view.page, script)


def open_map(theme: str = "desk", size: tuple[int, int] = (900, 600)) -> MapView:
    view = MapView(resources.path("basemap", "dongguan"), themes.shipped(theme), controls=theme == "desk")
    view.resize(*size)
    view.show()
    return view


@pytest.fixture(autouse=True)
def _quiet_page(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record.getMessage() for record in caplog.records if record.name == "widgets.map_page"] == []


@pytest.fixture(scope="module")
def shown(app: QApplication) -> Iterator[MapView]:
    view = open_map()
    drawn: list[bool] = []
    view.drawn.connect(lambda: drawn.append(True))
    view.start()
    view.start()  # a second call does nothing
    wait(lambda: bool(drawn), "drawn")
    assert drawn == [True]
    yield view
    view.close()
    view.deleteLater()
    QTest.qWait(50)


def place(view: MapView, lon: float, lat: float) -> QPoint:
    """Where a position is on the widget that takes the mouse."""
    x, y = ask(view, f"(p => [p.x, p.y])(page.map.latLngToContainerPoint([{lat}, {lon}]))")
    return QPoint(round(x), round(y))


def surface(view: MapView) -> QWidget:
    """The widget inside the web view that takes the mouse."""
    assert view._view is not None
    proxy = view._view.focusProxy()
    assert proxy is not None
    return proxy


def settle(view: MapView, lon: float, lat: float, zoom: float) -> None:
    view.focus(lon, lat, zoom)
    there = f"Math.abs(page.map.getZoom() - {zoom}) < 0.01 && Math.abs(page.map.getCenter().lng - {lon}) < 1e-3"
    wait(lambda: bool(ask(view, there)), "focus")
    QTest.qWait(150)


def grab(view: MapView, name: str) -> QImage:
    SHOTS.mkdir(parents=True, exist_ok=True)
    image = view.grab().toImage()
    image.save(str(SHOTS / f"{name}.png"))
    return image


def colors(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(40, image.height(), 3)}


def test_it_is_a_plain_panel_until_started(app: QApplication) -> None:
    view = open_map(size=(300, 200))
    assert view.page is None
    assert "地图" in view._notice.text()
    view.set_units([MapUnit("u", "巡逻 01", *HERE)])
    assert "1" in view.controls.chips["units"].text()
    view.close()


def test_its_switches_can_move_into_the_title_of_a_panel(app: QApplication) -> None:
    view, title = open_map(size=(300, 200)), QWidget()
    row = QHBoxLayout(title)
    row.addWidget(view.take_controls())
    assert view.ground() == "示意底图"
    assert view._strip.isHidden()
    assert view.controls.window() is title
    view.close()


def test_the_basemap_is_painted_in_the_themes_colours(shown: MapView) -> None:
    settle(shown, *HERE, 13)
    seen = colors(grab(shown, "map_basemap"))
    theme = themes.shipped("desk")
    assert {theme.land, theme.water, theme.road} <= seen


def test_a_picture_of_the_window_around_it_holds_the_map(shown: MapView) -> None:
    window = QMainWindow()
    parent = shown.parentWidget()
    window.setCentralWidget(shown)
    window.resize(900, 600)
    window.show()
    QTest.qWait(400)
    image = window.grab().toImage()
    assert themes.shipped("desk").water in colors(image)
    window.takeCentralWidget()
    shown.setParent(parent)
    shown.show()
    QTest.qWait(200)


def test_nothing_outside_is_asked(shown: MapView) -> None:
    assert shown.page is not None
    guard = shown.page.guard
    assert guard.blocked == []
    assert any(url.endswith("leaflet.js") for url in guard.asked)
    assert all(url.startswith("yiping://map/") for url in guard.asked)
    named = ask(shown, "[...document.querySelectorAll('[src], [href]')].map(e => e.src || e.href)")
    assert len(named) >= 8
    assert all(url.startswith("yiping://map/") for url in named)


def test_an_outside_request_is_blocked(shown: MapView) -> None:
    page = shown.page
    assert page is not None
    guard = page.guard
    # Chromium itself keeps our scheme from the network; with that taken away the guard still does.
    remote = QWebEngineSettings.WebAttribute.LocalContentCanAccessRemoteUrls
    assert not page.settings().testAttribute(remote)
    page.settings().setAttribute(remote, True)
    QTest.qWait(50)
    ask(shown, "new Image().src = 'https://127.0.0.1:9/tile.png'")
    wait(lambda: bool(guard.blocked), "blocked")
    page.settings().setAttribute(remote, False)
    guard.blocked.clear()


def test_the_shipped_web_files_name_no_outside_address_to_load() -> None:
    for file in resources.path("web").glob("*.*"):
        text = file.read_text("utf-8")
        assert "http:" not in text and "https:" not in text, file
        if file.suffix == ".css":
            assert "#" not in text.replace("#note", "").replace("#badge", "").replace("#tip", ""), file


def test_a_click_on_an_incident_names_it(shown: MapView) -> None:
    shown.set_incidents([INCIDENT])
    wait(lambda: bool(ask(shown, "document.querySelectorAll('.incident').length === 1")), "marker")
    settle(shown, *HERE, 14)
    heard: list[str] = []
    shown.incidentClicked.connect(heard.append)
    QTest.mouseClick(surface(shown), Qt.MouseButton.LeftButton, pos=place(shown, *HERE))
    wait(lambda: bool(heard), "incidentClicked")
    assert heard == ["i-34"]
    assert ask(shown, "document.querySelector('.incident').textContent.trim()") == "河道水位超警"


def test_units_are_drawn_where_they_are_and_answer_a_click(shown: MapView) -> None:
    there = (HERE[0] + 0.01, HERE[1] + 0.006)
    shown.set_units(
        [MapUnit("fire-1", "消防 1 车", *there, heading=90, state="moving", note="3′")]
        + [MapUnit(f"u{i}", f"巡逻 {i}", HERE[0] - 0.01 - i * 1e-4, HERE[1]) for i in range(20)]
    )
    shown.set_routes([MapRoute("fire-1", [there, HERE])])
    wait(lambda: ask(shown, "page.units.meta.units.length") == 21, "units")
    settle(shown, *HERE, 14)
    theme = themes.shipped("desk")
    wait(lambda: theme.strong in colors(grab(shown, "map_units")), "the unit's colour")
    heard: list[str] = []
    shown.unitClicked.connect(heard.append)
    QTest.mouseClick(surface(shown), Qt.MouseButton.LeftButton, pos=place(shown, *there))
    wait(lambda: bool(heard), "unitClicked")
    assert heard == ["fire-1"]


def test_units_move_smoothly_to_the_next_snapshot(shown: MapView) -> None:
    shown.set_units([MapUnit("a", "甲", 113.66, 22.92), MapUnit("b", "乙", 113.67, 22.92)])
    wait(lambda: ask(shown, "page.units.meta.units.length") == 2, "first")
    QTest.qWait(1100)
    shown.set_units([MapUnit("b", "乙", 113.68, 22.92), MapUnit("a", "甲", 113.66, 22.92)])  # order changed
    script = (
        "(u => [u.meta.units[0][0], u.from[0], u.to[0], u.now(u.since + 500)[0], Mercator.x(113.67),"
        " Mercator.x(113.68)])(page.units)"
    )
    wait(lambda: ask(shown, script)[0] == "b", "second")
    _, start, end, half, was, becomes = ask(shown, script)
    assert start == pytest.approx(was)
    assert end == pytest.approx(becomes)
    assert half == pytest.approx((was + becomes) / 2)


def test_cameras_gauges_and_the_ground_answer_clicks(shown: MapView) -> None:
    camera, gauge = (HERE[0] + 0.012, HERE[1] - 0.008), (HERE[0] - 0.012, HERE[1] - 0.008)
    shown.set_cameras([MapCamera("c-1", "立沙桥东", *camera)])
    shown.set_gauges([MapGauge("g-1", "立沙桥水位", *gauge, "orange", "3.42 m")])
    wait(lambda: ask(shown, "page.cameras.items.length + page.gauges.items.length") == 2, "points")
    settle(shown, *HERE, 14)
    heard: list[Any] = []
    shown.cameraClicked.connect(heard.append)
    shown.gaugeClicked.connect(heard.append)
    shown.mapClicked.connect(lambda lon, lat: heard.append((round(lon, 3), round(lat, 3))))
    free = (HERE[0], HERE[1] - 0.012)
    for at in (camera, gauge, free):
        before = len(heard)
        QTest.mouseClick(surface(shown), Qt.MouseButton.LeftButton, pos=place(shown, *at))
        wait(lambda before=before: len(heard) > before, "click")  # type: ignore[misc]
    assert heard[:2] == ["c-1", "g-1"]
    assert heard[2] == (pytest.approx(free[0], abs=2e-3), pytest.approx(free[1], abs=2e-3))
    shown.set_layers(["names"])
    wait(lambda: ask(shown, "page.shown.size") == 1, "layers")
    assert not shown.controls.chips["cameras"].isChecked()
    shown.controls.chips["cameras"].click()
    wait(lambda: ask(shown, "page.shown.has('cameras')"), "chip")
    assert ask(shown, "[...page.shown].sort().join()") == "cameras,names"


def test_language_theme_and_badge_reach_the_page(shown: MapView) -> None:
    shown.set_layers(["incidents", "units", "routes", "cameras", "gauges", "names", "boundaries"])
    shown.set_language("en")
    shown.set_badge("演练")
    shown.set_theme(themes.shipped("wall"))
    wait(lambda: ask(shown, "page.theme.body") == 20, "theme")
    assert ask(shown, "page.lang") == "en"
    assert ask(shown, "document.getElementById('badge').textContent") == "演练"
    note = ask(shown, "document.getElementById('note').textContent")
    assert "示意底图" in note and "GeoNames" in note
    settle(shown, *HERE, 13)
    grab(shown, "map_wall_en")
    shown.set_language("zh")
    shown.set_theme(themes.shipped("desk"))
    shown.set_badge("")
    wait(lambda: ask(shown, "page.theme.body") == 13, "theme back")


def test_a_hidden_map_asks_for_nothing_and_catches_up_when_shown(shown: MapView) -> None:
    assert shown.page is not None
    QTest.qWait(1200)  # the last snapshot's second
    shown.hide()
    asked = len(shown.page.guard.asked)
    for i in range(3):
        shown.set_units([MapUnit("h", "隐", 113.6 + i / 100, 22.9)])
        QTest.qWait(400)
    assert len(shown.page.guard.asked) == asked
    shown.show()
    wait(lambda: ask(shown, "page.units.meta.units[0]?.[0]") == "h", "caught up")


def test_the_state_is_pushed_again_when_the_renderer_dies(shown: MapView) -> None:
    shown.set_incidents([INCIDENT])
    settle(shown, *HERE, 15)
    page = shown.page
    assert page is not None
    again = []
    drawn: list[bool] = []
    shown.ready.connect(lambda: again.append("ready"))
    shown.drawn.connect(lambda: drawn.append(False))
    os.kill(page.renderProcessPid(), signal.SIGKILL)
    wait(lambda: bool(again), "ready again")
    wait(lambda: ask(shown, "document.querySelectorAll('.incident').length") == 1, "marker again")
    wait(lambda: ask(shown, "page.units.meta.units.length") == 1, "units again")
    assert ask(shown, "page.map.getZoom()") == 15
    wait(shown._notice.isHidden, "painted again")
    assert drawn == []
    QTest.qWait(200)
    assert themes.shipped("desk").land in colors(grab(shown, "map_reloaded"))


def test_an_undecided_incident_is_marked_and_its_other_place_is_hollow(shown: MapView) -> None:
    other = (HERE[0] + 0.012, HERE[1] + 0.006)
    shown.set_incidents([replace(INCIDENT, undecided="待裁定", other=other)])
    settle(shown, *HERE, 14)
    wait(lambda: ask(shown, "page.markers.length") == 2, "both places")
    assert ask(shown, "document.querySelectorAll('.incident .split').length") == 1
    assert ask(shown, "document.querySelector('.incident.hollow span').textContent") == "I34 ?待裁定"
    heard: list[str] = []
    shown.incidentClicked.connect(heard.append)
    QTest.mouseClick(surface(shown), Qt.MouseButton.LeftButton, pos=place(shown, *other))
    wait(lambda: bool(heard), "the other place is clicked")
    assert heard == ["i-34"]
    grab(shown, "map_undecided")
    shown.set_incidents([INCIDENT])
    wait(lambda: ask(shown, "page.markers.length") == 1, "decided")
