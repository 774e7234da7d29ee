"""The map's switches: a counted chip for each crowd of points, and a menu of all layers."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from widgets.map_data import LAYERS, Layer
from widgets.theme import Theme

CHIPS: tuple[Layer, ...] = ("cameras", "units", "gauges")


class MapControls(QWidget):
    layersChanged = Signal(list)  # the names of the layers now shown

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._counts: dict[Layer, int] = dict.fromkeys(CHIPS, 0)
        self.chips: dict[Layer, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for name in CHIPS:
            chip = QToolButton()
            chip.setCheckable(True)
            chip.setChecked(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.toggled.connect(lambda on, name=name: self._switch(name, on))
            self.chips[name] = chip
            row.addWidget(chip)
        self.more = QToolButton()
        self.more.setObjectName("more")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        self.actions_ = {name: menu.addAction("") for name in LAYERS}
        for name, action in self.actions_.items():
            action.setCheckable(True)
            action.setChecked(True)
            action.toggled.connect(lambda on, name=name: self._switch(name, on))
        self.more.setMenu(menu)
        row.addWidget(self.more)
        self.set_theme(theme)
        self.retranslate()

    def shown(self) -> list[Layer]:
        return [name for name, action in self.actions_.items() if action.isChecked()]

    def show_layers(self, names: Iterable[str]) -> None:
        """Set the switches; `layersChanged` is for what the user does, and stays silent."""
        wanted = set(names)
        for name in LAYERS:
            self._mark(name, name in wanted)

    def set_count(self, name: Layer, count: int) -> None:
        if self._counts.get(name) != count:
            self._counts[name] = count
            self.retranslate()

    def set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QToolButton {{ color: {theme.faint}; background: transparent; padding: 0 5px;"
            f" border: 1px solid {theme.hairline}; border-radius: 3px;"
            f" font-size: {theme.quiet_size}px; font-weight: 400; }}"
            f"QToolButton:checked {{ color: {theme.text}; background: transparent; border-color: {theme.line}; }}"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {theme.accent}; }}"
            f"QToolButton#more {{ color: {theme.quiet}; border-color: transparent; }}"
            "QToolButton::menu-indicator { image: none; }"
            f"QMenu {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.line}; }}"
            f"QMenu::item:selected {{ background: {theme.primary}; }}"
        )

    def retranslate(self) -> None:
        words = {
            "incidents": self.tr("事件"),
            "units": self.tr("力量"),
            "routes": self.tr("路线"),
            "cameras": self.tr("视频"),
            "gauges": self.tr("水情"),
            "names": self.tr("地名"),
            "boundaries": self.tr("镇界"),
        }
        self.more.setText(self.tr("图层"))
        for name, action in self.actions_.items():
            action.setText(words[name])
        for name, chip in self.chips.items():
            chip.setText(f"{words[name]} {self._counts[name]:,}")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _switch(self, name: Layer, on: bool) -> None:
        self._mark(name, on)
        self.layersChanged.emit(self.shown())

    def _mark(self, name: Layer, on: bool) -> None:
        with QSignalBlocker(self.actions_[name]):
            self.actions_[name].setChecked(on)
        if chip := self.chips.get(name):
            with QSignalBlocker(chip):
                chip.setChecked(on)
