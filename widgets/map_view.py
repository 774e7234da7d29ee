"""The map: a Leaflet page drawn by Qt WebEngine, fed and asked in plain data.

All state lives here. The page fetches what it is told has changed and can be thrown away: when its renderer
process dies it is loaded again and fetches everything. What moves goes as bytes through our own URL scheme;
the web channel carries names of what changed, commands and clicks only.

Call `prepare()` before QApplication. A new view is a plain panel until `start()`, which loads Chromium: so a window
paints first.

Pictures of it: `grab()` of the view or of any window around it holds the map, on the offscreen platform too
(Qt then paints in software). Chromium hands frames over on its own time, so run the event loop for about
0.2 s after a change, 0.8 s after `focus` or `fit`, before grabbing; `drawn` says the first picture is there.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

import resources
from console.domain.words import Lang
from widgets import theme as themes
from widgets.chromium import prepare as prepare
from widgets.lang import language
from widgets.map_controls import MapControls
from widgets.map_data import (
    LAYERS,
    MapCamera,
    MapGauge,
    MapIncident,
    MapRoute,
    MapUnit,
    UnitNames,
    unit_names,
    unit_positions,
)
from widgets.map_files import ROOT, fixed_file

if TYPE_CHECKING:
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from widgets.map_page import MapPage

SNAPSHOT_MS = 1000  # units are sent at most this often; the page moves them smoothly in between
RELOAD_MS = 500  # after the renderer died: not at once, or a page that always dies would take the machine


class MapView(QWidget):
    ready = Signal()  # the page can be talked to; again after a reload
    drawn = Signal()  # once: the basemap is on screen
    incidentClicked = Signal(str)
    unitClicked = Signal(str)
    cameraClicked = Signal(str)
    gaugeClicked = Signal(str)
    mapClicked = Signal(float, float)  # lon, lat of a place with nothing on it
    contextAsked = Signal(float, float)  # right button; the menu is the owner's
    layersChanged = Signal(list)  # the user switched a layer

    def __init__(
        self,
        basemap: Path | None = None,
        theme: themes.Theme | None = None,
        *,
        controls: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """A map of the basemap folder, which may follow; `controls=False` leaves the strip out, as on a wall."""
        super().__init__(parent)
        self._theme = theme or themes.current()
        self._lang: Lang = language()
        self._manifest: dict[str, Any] = {}
        self._at = (0.0, 0.0, 0.0)  # lon, lat, zoom
        self._badge = ""
        self._units: Sequence[MapUnit] = []
        self._names: UnitNames = []
        self._names_version = 0
        self._state: dict[str, Any] = {  # what the page fetches as JSON, by name
            "shown_layers": list(LAYERS),
            "incident_marks": [],
            "camera_points": [],
            "gauge_points": [],
            "routes": [],
            "ring_line": None,
        }
        self._dirty: set[str] = set()
        self._page_ready = False
        self._was_drawn = False
        self._view: QWebEngineView | None = None
        self.page: MapPage | None = None  # None before `start`

        self._push_timer = QTimer(self, singleShot=True, interval=0)
        self._push_timer.timeout.connect(self._push)
        self._snapshot_timer = QTimer(self, singleShot=True, interval=SNAPSHOT_MS)
        self._snapshot_timer.timeout.connect(self._push)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.controls = MapControls(self._theme)
        self.controls.layersChanged.connect(self._layers_switched)
        self._ground = QLabel()
        self._strip = QWidget()
        self._strip.setObjectName("mapStrip")
        self._strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self._strip)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(self._ground)
        row.addStretch()
        row.addWidget(self.controls)
        self._strip.setVisible(controls)
        column.addWidget(self._strip)
        self._body = QWidget()
        self._body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column.addWidget(self._body, 1)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 0)
        self._notice = QLabel(self._body, alignment=Qt.AlignmentFlag.AlignCenter)
        self._again = QTimer(self, singleShot=True, interval=RELOAD_MS)
        self._again.timeout.connect(self._reload)
        if basemap is not None:
            self.set_basemap(basemap)
        self._retranslate()
        self._dress()

    # -- life ---------------------------------------------------------------------------------------------

    def set_basemap(self, basemap: Path) -> None:
        """The folder of what lies under everything. To be known before `start`."""
        import yaml  # the window is painted before this is needed

        self.basemap = basemap
        self._manifest = yaml.safe_load((basemap / "manifest.yaml").read_text("utf-8"))
        self._at = (*self._manifest["centre"], self._manifest["zoom"])
        self._ground.setText(self.ground())

    def start(self) -> None:
        """Load the map. Call once the window has been painted; a second call does nothing."""
        if self._view is not None:
            return
        from PySide6.QtWebEngineWidgets import QWebEngineView

        from widgets.map_page import MapPage
        from widgets.map_scheme import register_scheme

        register_scheme()
        view = QWebEngineView(self._body)
        page = MapPage(self._serve, view)
        page.setBackgroundColor(self._theme.color("window"))
        page.renderProcessTerminated.connect(self._renderer_died)
        page.bridge.said.connect(self._heard)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        view.setPage(page)
        layout = self._body.layout()
        assert layout is not None
        layout.addWidget(view)
        self._notice.raise_()
        self._view, self.page = view, page
        self._reload()

    @property
    def is_drawn(self) -> bool:
        """The basemap was on screen once."""
        return self._was_drawn

    def ground(self) -> str:
        """What to call the ground: 示意底图 where it is no survey. Always written on the map as well."""
        return self.tr("示意底图") if self._manifest.get("schematic") else ""

    def take_controls(self) -> MapControls:
        """The switches, for the title line of the panel around; the map then has no strip of its own."""
        self._strip.hide()
        return self.controls

    # -- what is shown ------------------------------------------------------------------------------------

    def set_units(self, units: Sequence[MapUnit]) -> None:
        """All units. Call as often as positions come in: the page is told at most once a second."""
        names = unit_names(units)
        if names != self._names:
            self._names = names
            self._names_version += 1
        self._count("units", sum(unit.state != "off" for unit in units))
        if units != self._units:
            self._units = units
            self._changed("unit_positions")

    def set_incidents(self, incidents: Sequence[MapIncident]) -> None:
        """Open incidents and the selection: at most about 200, each is a DOM element."""
        self._set("incident_marks", [asdict(item) for item in incidents])

    def set_cameras(self, cameras: Sequence[MapCamera]) -> None:
        self._count("cameras", len(cameras))
        self._set("camera_points", [asdict(item) for item in cameras])

    def set_gauges(self, gauges: Sequence[MapGauge]) -> None:
        self._count("gauges", len(gauges))
        self._set("gauge_points", [asdict(item) for item in gauges])

    def set_routes(self, routes: Sequence[MapRoute]) -> None:
        """The ways of the units sent to the selected incident; those units are drawn strong and named."""
        self._set("routes", [asdict(item) for item in routes])

    def set_ring(self, lon: float, lat: float, radius_m: float, label: str = "") -> None:
        """A dashed circle, as for what is reached in eight minutes."""
        self._set("ring_line", {"lon": lon, "lat": lat, "radius_m": radius_m, "label": label})

    def set_layers(self, visible: Iterable[str]) -> None:
        """Show exactly these of `map_data.LAYERS`."""
        names = [name for name in LAYERS if name in set(visible)]
        self.controls.show_layers(names)
        self._set("shown_layers", names)

    def set_badge(self, text: str) -> None:
        """A large faint word over the map: 演练, 模拟; empty for none."""
        self._badge = text
        self._changed("words")

    def set_theme(self, theme: themes.Theme) -> None:
        self._theme = theme
        self._dress()
        self._changed("words")

    def set_language(self, lang: Lang) -> None:
        """The language of the names on the ground."""
        self._lang = lang
        self._changed("words")

    def focus(self, lon: float, lat: float, zoom: float | None = None) -> None:
        """Move there softly; keep the zoom if none is given."""
        self._go({"lon": lon, "lat": lat, "zoom": zoom}, (lon, lat, zoom or self._at[2]))

    def fit(self, points: Sequence[tuple[float, float]]) -> None:
        """Move softly so that all points are in view."""
        if points:
            lon, lat = (sum(axis) / len(points) for axis in zip(*points, strict=True))
            self._go({"points": [list(point) for point in points]}, (lon, lat, self._at[2]))

    # -- to the page --------------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> None:
        if self._state[name] != value:
            self._state[name] = value
            self._changed(name)

    def _changed(self, name: str) -> None:
        self._dirty.add(name)
        self._push_timer.start()

    def _push(self) -> None:
        """Tell the page what has changed. A hidden map is told when it is shown again."""
        if self.page is None or not self._page_ready or not self.isVisible():
            return
        names = set(self._dirty)
        if self._snapshot_timer.isActive():
            names.discard("unit_positions")
        if "unit_positions" in names:
            self._snapshot_timer.start()
        self._dirty -= names
        if names:
            self.page.bridge.changed.emit(" ".join(sorted(names)))

    def _go(self, way: dict[str, Any], at: tuple[float, float, float]) -> None:
        self._at = at
        if self.page is not None and self._page_ready:
            self.page.bridge.go.emit(json.dumps(way))

    def _serve(self, path: str) -> bytes | None:
        """The bytes of a path of our scheme: a piece of state, or a file that does not change."""
        folder, _, name = path.partition("/")
        return self._state_bytes(name) if folder == "state" else fixed_file(path, self.basemap)

    def _state_bytes(self, name: str) -> bytes | None:
        if name == "unit_positions.bin":
            return unit_positions(self._units, self._names_version)
        key = name.removesuffix(".json")
        if key == "unit_names":
            return json.dumps({"version": self._names_version, "units": self._names}).encode()
        if key == "config":
            return json.dumps(self._config()).encode()
        if key == "words":
            return json.dumps(self._words()).encode()
        return json.dumps(self._state[key]).encode() if key in self._state else None

    def _words(self) -> dict[str, Any]:
        look = {
            **asdict(self._theme),
            "font": ", ".join(f'"{name}"' for name in themes.FONT_FAMILIES[:-1]) + ", sans-serif",
        }
        look["line_factor"] = round(self._theme.body / 13, 2)  # lines grow with the type
        source = self._manifest.get("attribution", {}).get(self._lang, "")
        note = " · ".join(filter(None, (self.ground(), source)))
        return {"theme": look, "lang": self._lang, "note": note, "badge": self._badge}

    def _config(self) -> dict[str, Any]:
        manifest = self._manifest
        places = [[p["lon"], p["lat"], p["zh"], p["en"]] for p in manifest.get("places", {}).values()]
        known = {"bounds": manifest["bounds"], "centre": manifest["centre"], "places": places}
        return {**known, "view": self._at, **self._words()}

    # -- from the page ------------------------------------------------------------------------------------

    def _heard(self, what: str, args: list[Any]) -> None:
        """What the page says: how far it is, where it looks, what was clicked."""
        match what:
            case "loaded":
                self._page_loaded()
            case "painted":
                self._page_painted()
            case "moved":
                lon, lat, zoom = args
                self._at = (lon, lat, zoom)
            case "map":
                self.mapClicked.emit(*args)
            case "context":
                self.contextAsked.emit(*args)
            case "incident":
                self.incidentClicked.emit(*args)
            case "unit":
                self.unitClicked.emit(*args)
            case "camera":
                self.cameraClicked.emit(*args)
            case "gauge":
                self.gaugeClicked.emit(*args)

    def _page_loaded(self) -> None:
        self._page_ready = True
        self._dirty |= {*self._state, "words", "unit_positions"}
        self._snapshot_timer.stop()
        self._push()
        self.ready.emit()

    def _page_painted(self) -> None:
        self._notice.hide()
        if not self._was_drawn:
            self._was_drawn = True
            self.drawn.emit()

    def _renderer_died(self) -> None:
        self._page_ready = False
        self._notice.show()
        self._again.start()  # once, however often it is said to have died

    def _reload(self) -> None:
        if self._view is not None:
            self._view.load(QUrl(ROOT + "index.html"))

    def _layers_switched(self, names: list[str]) -> None:
        self._set("shown_layers", names)
        self.layersChanged.emit(names)

    # -- Qt -----------------------------------------------------------------------------------------------

    def _count(self, name: Any, count: int) -> None:
        self.controls.set_count(name, count)

    def _dress(self) -> None:
        self.controls.set_theme(self._theme)
        edge = f"border-bottom: 1px solid {self._theme.hairline}"
        self._strip.setStyleSheet(f"#mapStrip {{ background: {self._theme.panel}; {edge}; }}")
        self._ground.setStyleSheet(f"color: {self._theme.quiet}; font-size: {self._theme.quiet_size}px;")
        self._body.setStyleSheet(f"background: {self._theme.window};")
        self._notice.setStyleSheet(f"color: {self._theme.quiet}; font-size: {self._theme.body}px;")
        if self.page is not None:
            self.page.setBackgroundColor(self._theme.color("window"))

    def _retranslate(self) -> None:
        self._notice.setText(self.tr("地图加载中"))
        self._ground.setText(self.ground())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.set_language(language())
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._notice.setGeometry(self._body.rect())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._notice.setGeometry(self._body.rect())
        self._push_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._push_timer.stop()


def _main() -> None:
    from PySide6.QtWidgets import QApplication

    from widgets.map_sample import fill

    prepare()
    app = QApplication(sys.argv)
    themes.use(themes.shipped("desk"))
    view = MapView(resources.path("basemap", "dongguan"))
    view.resize(1280, 760)
    fill(view)
    view.show()
    QTimer.singleShot(0, view, view.start)
    app.exec()


if __name__ == "__main__":
    _main()
