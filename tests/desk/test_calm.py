"""While nothing happens nothing is painted, and a second that passes paints only where it is read."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from console.desk.desk import Desk
from tests.desk.parts import at_work, dispatched, raise_alarm, settle, until
from tests.support_paints import Paints
from widgets.panel import Panel
from widgets.video_tile import VideoTile

SECONDS = 3.3  # three ticks of every clock there is
ROUNDS = 4


def _line(widget: QWidget | None) -> Iterator[QWidget]:
    while widget is not None:
        yield widget
        widget = widget.parentWidget()


def name(widget: QWidget) -> str:
    return " < ".join(type(each).__name__ for each in _line(widget))


def seen(window: QWidget) -> QImage:
    """What stands on the screen: nothing is painted for it."""
    return window.screen().grabWindow(window.winId()).toImage()


def differs(before: QImage, after: QImage, where: QRegion) -> bool:
    return any(before.copy(rect) != after.copy(rect) for rect in where)


def watched(desk: Desk) -> tuple[dict[QWidget, QRegion], QImage, QImage]:
    """What is painted in some seconds, in the window's pixels, and how the window looked before and after.

    But for the page of the map and the video tiles, whose pictures come from elsewhere.
    """
    elsewhere = (QWebEngineView, VideoTile)
    window = desk.window
    ours = [each for each in window.findChildren(QWidget) if not any(isinstance(up, elsewhere) for up in _line(each))]
    before, paints = seen(window), Paints(*ours)
    settle(SECONDS)
    paints.stop()
    found = {widget: region.translated(widget.mapTo(window, QPoint())) for widget, region in paints.at.items()}
    return found, before, seen(window)


@pytest.fixture(scope="module")
def quiet(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with at_work(tmp_path_factory.mktemp("quiet")) as desk:
        until(lambda: desk.window.panels.map.is_drawn, "the map")
        until(lambda: "pyqtgraph" in sys.modules, "what the chart is drawn with")
        settle(2.0)
        yield desk


def test_on_a_quiet_desk_no_panel_is_painted(quiet: Desk) -> None:
    painted, before, after = watched(quiet)
    assert before.width() > 1000 and before != after, "the clock went on"
    panels = [name(widget) for widget in painted if any(isinstance(each, Panel) for each in _line(widget))]
    assert not panels, "\n".join(panels)


def test_a_second_paints_only_what_says_something_else(quiet: Desk) -> None:
    """With an incident, its timers, its assignments and its tasks on screen."""
    incident = dispatched(quiet.session)
    quiet.control.confirm(raise_alarm(quiet.session, "rain_1h"))
    quiet.control.open(incident)
    for _ in range(ROUNDS):  # what was just done is still coming in at first: charts, routes, cameras
        painted, before, after = watched(quiet)
        in_vain = [name(widget) for widget, where in painted.items() if not differs(before, after, where)]
        if not in_vain:
            break
    assert not in_vain, "\n".join(in_vain)
    panels = {type(each.body()).__name__ for widget in painted for each in _line(widget) if isinstance(each, Panel)}
    assert {"IncidentBoard", "IncidentPanel"} <= panels, "elapsed times go on"
    rows = quiet.window.panels.incidents._rows
    other = next(row.id for row in rows.rows() if row.id != incident)
    spare = QRect(0, rows.row_rect(other).bottom() + 1, rows.width(), rows.height())
    assert not painted[rows.viewport()].intersects(spare.translated(rows.viewport().mapTo(quiet.window, QPoint())))
