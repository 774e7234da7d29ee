"""The desk's one window: a top bar, a banner, and panels in docks that move, float and come back."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from console.desk.places import Places
from console.store.ids import new_id
from widgets import theme
from widgets.alarm_list import AlarmList
from widgets.assignment_inbox import AssignmentInbox
from widgets.banner import Banner
from widgets.calls.panel import CallPanel
from widgets.incident_board import IncidentBoard
from widgets.incident_panel import IncidentPanel
from widgets.indicator_chart import IndicatorChart
from widgets.keys import belongs_to_field, keeps, press_in
from widgets.map_view import MapView
from widgets.panel import Panel
from widgets.sparkline_board import SparklineBoard
from widgets.tile_grid import TileGrid
from widgets.top_bar import TopBar
from widgets.unit_board import UnitBoard

NARROW = 1500  # logical pixels; below it the incident's panel is a drawer
LARGE = 2400  # from it on there is room for more beside each other
LAYOUT_VERSION = 3
DRAWERS = ("incident", "call")  # pulled out where there is no room for them
SIDE = Qt.DockWidgetArea.LeftDockWidgetArea
ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


@dataclass(frozen=True)
class Panels:
    """The panels' bodies, by what they show."""

    alarms: AlarmList
    incidents: IncidentBoard
    units: UnitBoard
    map: MapView
    indicators: SparklineBoard
    video: TileGrid
    chart: IndicatorChart
    incident: IncidentPanel
    work: AssignmentInbox
    call: CallPanel


def size_class(width: int) -> str:
    """Windows of one class have one layout."""
    return "small" if width < NARROW else "medium" if width < LARGE else "large"


class DeskWindow(QMainWindow):
    closing = Signal()
    callWanted = Signal()  # 接报
    laidOut = Signal()  # the panels stand as the workspace has them at this size
    escaped = Signal()  # Esc outside of the panels, of which nothing made use
    rearranged = Signal()  # a panel was moved, opened, closed or made another size

    def __init__(self, panels: Panels, places: Places) -> None:
        super().__init__()
        self.places = places  # of this window and those beside it
        self.setObjectName("desk")
        self.setDockNestingEnabled(True)
        self.setMinimumSize(1024, 640)
        self.panels = panels
        self.top = TopBar()
        self.banner = Banner()
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(self.banner)
        self._head = column
        self.setMenuWidget(head)
        self.docks: dict[str, Panel] = {}
        for name, title in self.titles().items():
            body: QWidget = getattr(panels, name)
            dock = Panel(name, title, body, allow_close=True)
            self.docks[name] = dock
            self.addDockWidget(SIDE, dock)
            for changed in (dock.dockLocationChanged, dock.topLevelChanged, dock.visibilityChanged):
                changed.connect(lambda _how: self.rearranged.emit())
        self.docks["map"].add_widget(panels.map.take_controls())
        panels.incident.show_head(False)  # its dock's title says it
        self._confirm = self.docks["alarms"].add_hint("C", "", panels.alarms.confirm)
        self._filter = self.docks["alarms"].add_hint("F", "", panels.alarms.ask_filter)
        self._look = self.docks["alarms"].add_hint("V", "", panels.alarms.look)
        self._call = self.docks["incidents"].add_hint("Ctrl N", "", self.callWanted.emit, hears=False)
        self._order = self.docks["incidents"].add_hint("M", "", panels.incidents.next_order)
        panels.incidents.orderChanged.connect(lambda _order: self.retitle())
        self.setContentsMargins(theme.current().gap, 0, theme.current().gap, theme.current().gap)
        self._workspace = "dispatch"
        self._serves = False  # work comes to this desk from the centre
        self._layouts: dict[str, QByteArray] = {}  # of each workspace in each class of sizes
        self._class = ""  # that the panels are laid out for; none before the window has a size
        self._wanted: list[tuple[Qt.Orientation, dict[str, int]]] = []
        for number, name in enumerate(self.docks, 1):
            QShortcut(QKeySequence(f"Alt+{number % 10}"), self, lambda name=name: self.go_to(name))

    def titles(self) -> Mapping[str, str]:
        return {
            "alarms": self.tr("告警"),
            "incidents": self.tr("事件"),
            "units": self.tr("力量"),
            "map": self.tr("地图"),
            "indicators": self.tr("指标"),
            "video": self.tr("视频"),
            "chart": self.tr("曲线"),
            "incident": self.tr("事件详情"),
            "work": self.tr("待办"),
            "call": self.tr("来电"),
        }

    def retitle(self) -> None:
        """After a change of language. The incident's panel is titled by what it shows."""
        for name, title in self.titles().items():
            if name != "incident":
                self.docks[name].set_title(title)
        self._confirm.set_text(self.tr("确认"))
        self._filter.set_text(self.tr("过滤"))
        self._look.set_text(self.tr("看现场"))
        orders = {"level": self.tr("按等级"), "due": self.tr("按时限"), "overdue": self.tr("只看超时")}
        self._call.set_text(self.tr("接报"))
        self._order.set_text(orders[self.panels.incidents.order()])

    # -- layouts

    def serve(self, serves: bool) -> None:
        """Whether work comes to this desk from the centre: then what was sent here is its first panel."""
        if serves != self._serves:
            self._serves = serves
            if self._class:
                self.arrange()

    @property
    def workspace(self) -> str:
        return self._workspace

    def workspaces(self) -> list[tuple[str, str, str]]:
        """Id, title and key of each workspace."""
        return [
            ("dispatch", self.tr("调度"), "F1"),
            ("video", self.tr("视频"), "F2"),
            ("map", self.tr("地图"), "F3"),
            ("indicators", self.tr("指标"), "F4"),
        ]

    def show_workspace(self, name: str) -> None:
        """Another arrangement of the same panels; each is remembered as it was left."""
        if name != self._workspace:
            self._remember()
            self._workspace = name
        self._lay_out()

    def layouts(self) -> dict[str, str]:
        """The layout of every workspace in every class of sizes, to be kept."""
        self._remember()
        return {name: bytes(state.toBase64().data()).decode() for name, state in self._layouts.items()}

    def set_layouts(self, layouts: Mapping[str, str]) -> None:
        """Layouts as `layouts` gave them; shows the current workspace's."""
        self._layouts = {n: QByteArray.fromBase64(state.encode()) for n, state in layouts.items() if "/" in n}
        if self._class:
            self._lay_out()

    def reset_layout(self) -> None:
        self._layouts.pop(self._place_of(), None)
        self.arrange()

    def _place_of(self) -> str:
        return f"{self._workspace}/{self._class}"

    def _remember(self) -> None:
        """What is on screen is how this workspace is left at this size."""
        if self._class and self.isVisible():
            self._layouts[self._place_of()] = self.saveState(LAYOUT_VERSION)

    def _lay_out(self) -> None:
        """As it was left in a window like this, else arranged anew."""
        saved = self._layouts.get(self._place_of())
        if saved is None or not self.restoreState(saved, LAYOUT_VERSION):
            self.arrange()
        else:
            self.laidOut.emit()

    def arrange(self) -> None:
        """The workspace's own arrangement for the window's present size."""
        narrow = self._class == "small"
        self.setUpdatesEnabled(False)
        for dock in self.docks.values():
            self.removeDockWidget(dock)
            dock.setFloating(False)
        arrangement: dict[str, Callable[[bool], None]] = {
            "dispatch": self._arrange_dispatch,
            "video": self._arrange_video,
            "map": self._arrange_map,
            "indicators": self._arrange_indicators,
        }
        self._wanted.clear()
        arrangement[self._workspace](narrow)
        self._resize_docks()
        self.setUpdatesEnabled(True)
        QTimer.singleShot(0, self._resize_docks)  # once more: hidden docks give their room back only later
        self.laidOut.emit()

    def _arrange_dispatch(self, narrow: bool) -> None:
        width, height = self.width(), self.height()
        left = max(270, min(400, round(width * 0.19)))
        right = max(380, min(560, round(width * 0.23)))
        strip, lower = 112, round(height * 0.33)
        first = "work" if self._serves else "alarms"
        self._place(first, "map", "incident")
        self._below(first, "incidents", "units")
        self._behind(first, "alarms" if self._serves else "work")
        self._behind("incident", "call")
        self._below("map", "indicators", "video")
        self._beside("video", "chart")
        self._sizes(DOWN, map=height - lower - strip - 60, indicators=strip, video=lower)
        if narrow:
            self.tabifyDockWidget(self.docks["incidents"], self.docks["units"])
            self.tabifyDockWidget(self.docks["video"], self.docks["chart"])
            self.docks["incidents"].raise_()
            self.docks["video"].raise_()
            self.docks["incident"].hide()
            self._sizes(ACROSS, **{first: left}, map=width - left)
            share = 0.5 if self._serves else 0.35
            self._sizes(DOWN, **{first: round(height * share)}, incidents=round(height * (0.95 - share)))
        else:
            middle = width - left - right
            self._sizes(ACROSS, **{first: left}, map=middle, incident=right)
            top, below = (0.44, 0.26) if self._serves else (0.22, 0.4)
            rest = height * (0.96 - top - below)
            self._sizes(DOWN, **{first: round(height * top)}, incidents=round(height * below), units=round(rest))
            self._sizes(ACROSS, video=round(middle * 0.58), chart=round(middle * 0.42))

    def _arrange_video(self, narrow: bool) -> None:
        width = self.width()
        self._place("alarms", "video", "incident")
        self._below("alarms", "incidents")
        if narrow:
            self.docks["incident"].hide()
            self._sizes(ACROSS, alarms=280, video=width - 280)
        else:
            self._sizes(ACROSS, alarms=280, video=width - 280 - 400, incident=400)

    def _arrange_map(self, narrow: bool) -> None:
        width = self.width()
        self._place("incidents", "map", "units")
        self._below("incidents", "alarms")
        if narrow:
            self.docks["units"].hide()
            self._sizes(ACROSS, incidents=280, map=width - 280)
        else:
            self._sizes(ACROSS, incidents=280, map=width - 280 - 320, units=320)

    def _arrange_indicators(self, narrow: bool) -> None:
        height = self.height()
        self._place("alarms", "indicators")
        self._below("indicators", "chart")
        self._sizes(ACROSS, alarms=300, indicators=self.width() - 300)
        self._sizes(DOWN, indicators=round(height * 0.45), chart=round(height * 0.5))

    def _place(self, *names: str) -> None:
        """Columns, left to right."""
        self.addDockWidget(SIDE, self.docks[names[0]])
        for before, name in itertools.pairwise(names):
            self.splitDockWidget(self.docks[before], self.docks[name], ACROSS)
        for name in names:
            self.docks[name].show()

    def _below(self, *names: str) -> None:
        for above, name in itertools.pairwise(names):
            self.splitDockWidget(self.docks[above], self.docks[name], DOWN)
            self.docks[name].show()

    def _beside(self, left: str, right: str) -> None:
        self.splitDockWidget(self.docks[left], self.docks[right], ACROSS)
        self.docks[right].show()

    def _behind(self, front: str, name: str) -> None:
        """A panel that opens in the place of another when it is asked for."""
        self.tabifyDockWidget(self.docks[front], self.docks[name])
        self.docks[name].hide()

    def _sizes(self, orientation: Qt.Orientation, **sizes: int) -> None:
        self._wanted.append((orientation, sizes))

    def _resize_docks(self) -> None:
        for orientation, sizes in self._wanted:
            self.resizeDocks([self.docks[name] for name in sizes], list(sizes.values()), orientation)

    # -- going to a panel

    def go_to(self, name: str) -> None:
        """Show a panel, bring it to the front and give it the keyboard."""
        if name in DRAWERS:
            self._pull_out(name)
        dock = self.docks[name]
        if self.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            self.addDockWidget(SIDE, dock)
        dock.show()
        dock.raise_()
        body = dock.body()
        target = body.focusProxy() or body
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_filter(self) -> None:
        """Narrow the list that has the keyboard, else the incidents."""
        units = self.docks["units"]
        name = "units" if units.isAncestorOf(self.focusWidget() or self) else "incidents"
        self.go_to(name)
        board = self.panels.units if name == "units" else self.panels.incidents
        board.focus_filter()

    def alarms_in_sight(self) -> bool:
        """Whether their panel is open and no other lies over it."""
        dock = self.docks["alarms"]
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def show_alarms(self) -> None:
        """In front, where they can be seen; whoever types behind them goes on typing."""
        dock = self.docks["alarms"]
        if not self.alarms_in_sight():
            focused = self.focusWidget()
            dock.show()
            dock.raise_()
            if focused is not None and not focused.isVisible():
                dock.body().setFocus(Qt.FocusReason.OtherFocusReason)

    def show_incident(self) -> None:
        """Pull the drawer of a narrow window out."""
        self._pull_out("incident")

    def show_call(self) -> None:
        """Pull the calls out, behind the incident where that is in sight."""
        self._pull_out("call")

    def _pull_out(self, name: str) -> None:
        dock = self.docks[name]
        if not dock.isHidden():
            return
        other = self.docks["call" if name == "incident" else "incident"]
        if not dock.isFloating() and other.isVisible() and not other.isFloating():
            self.tabifyDockWidget(other, dock)
            dock.show()
        else:
            dock.show()
            if not dock.isFloating():
                self.resizeDocks([dock], [max(380, round(self.width() * 0.3))], ACROSS)

    def toggle_incident(self) -> None:
        if self.docks["incident"].isHidden():
            self.show_incident()
        else:
            self.docks["incident"].hide()

    def add_strip(self, strip: QWidget) -> None:
        """One more line under the banner."""
        self._head.addWidget(strip)

    def strips(self) -> QVBoxLayout:
        """Where such lines are."""
        return self._head

    def set_badge(self, text: str) -> None:
        """模拟 or 演练 on every panel."""
        for dock in self.docks.values():
            dock.set_badge(text)

    # -- events

    def event(self, event: QEvent) -> bool:
        """What is typed into a field is no key of the desk."""
        return keeps(event, belongs_to_field) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif not any(panel.isFloating() and press_in(panel, event) for panel in self.docks.values()):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        now = size_class(self.width())
        if now != self._class:  # what was left at the other size was kept when it was last changed
            self._class = now
            self._lay_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)


def new_panels(map_view: MapView, video: TileGrid) -> Panels:
    return Panels(
        alarms=AlarmList(),
        incidents=IncidentBoard(),
        units=UnitBoard(),
        map=map_view,
        indicators=SparklineBoard(),
        video=video,
        chart=IndicatorChart(),
        incident=IncidentPanel(new_id=new_id),
        work=AssignmentInbox(),
        call=CallPanel(),
    )
