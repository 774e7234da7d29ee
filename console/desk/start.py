"""The start order. The window is painted first; then the store, the link, the map, video and sound follow."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.desk.files import DeskFiles, drill_realm
from console.domain.drill import Scenario
from console.domain.errors import KnownError
from console.domain.pack import Pack
from console.domain.words import Lang, Phrase
from console.lifeline import end_with
from console.settings import Settings, config_file, load
from console.store.packs import find_pack, load_pack
from console.store.scenarios import find_scenarios, load_scenario

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

DEMO_PASSWORD = "yiping-demo"  # of a simulated pack's users; such a pack guards nothing


@dataclass(frozen=True)
class Options:
    """How a desk or a wall is started."""

    data: Path
    language: Lang | None = None
    platform: str | None = None  # address; None: the setting's
    demo: bool = False  # with its own platform, cameras and simulated town
    drill: bool = False  # the same, in a realm of its own
    scenario: str | None = None  # id, or a file
    fresh: bool = False
    speed: float = 1.0
    realm: str = "live"
    beside: str = ""  # the screen a wall leaves to the desk
    parent: int | None = None  # the process a wall ends with
    shots: Path | None = None  # where a wall leaves pictures of itself, every second

    @property
    def simulated(self) -> bool:
        return self.demo or self.drill


@dataclass(frozen=True)
class Plan:
    """What was read before any window: settings, pack, scenario."""

    options: Options
    settings: Settings
    pack: Pack
    scenario: Scenario | None
    realm: str

    @property
    def language(self) -> Lang:
        return self.options.language or ("en" if self.settings.language == "en" else "zh")


def plan(options: Options) -> Plan:
    """Read what the start needs. Raises `KnownError` for a wrong setting, pack or scenario."""
    settings = load(config_file())
    scenario, file = None, None
    if options.scenario:
        named = Path(options.scenario)
        file = named if named.suffix else find_scenarios(options.data / "scenarios").get(options.scenario)
        if file is None or not file.exists():
            raise KnownError(Phrase("scenario_missing", {"name": options.scenario}))
        scenario = load_scenario(file)
    pack = load_pack(find_pack(scenario.pack if scenario else settings.pack, options.data / "packs"))
    if scenario and file:
        scenario = load_scenario(file, pack)  # now that what it refers to is known
    realm = options.realm
    if scenario and options.drill:
        realm = drill_realm(options.data, scenario.id, datetime.now())
    return Plan(options, settings, pack, scenario, realm)


def desk(options: Options, then: "Callable[[object], None] | None" = None) -> int:
    """Run the desk until it is closed; answers the exit code. `then` gets the `Desk` once it is live."""
    read = plan(options)
    app = application(read)
    from console.desk.desk import Desk

    running = Desk(read)
    if then is not None:
        running.live.connect(lambda: then(running))
    running.show()
    code = app.exec()
    running.close()
    return code


def wall(options: Options) -> int:
    """Run the wall of this machine's desk on every screen until it is closed."""
    read = plan(options)
    app = application(read, theme_name="wall")
    from console.desk.follow import Follower

    if options.parent is not None:
        end_with(options.parent)
    follower = Follower(read)
    follower.show()
    code = app.exec()
    follower.close()
    return code


def application(read: Plan, theme_name: str = "desk") -> "QApplication":
    """The one QApplication, dressed and speaking, with bugs caught."""
    no_display = not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )
    if sys.platform.startswith("linux") and no_display:
        raise KnownError(Phrase("no_display"))
    from PySide6.QtWidgets import QApplication

    from console.desk import i18n, records
    from widgets import map_view, style, theme

    map_view.prepare()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("yiping")
    app.setApplicationDisplayName("一屏 Yiping")
    app.setDesktopFileName("yiping")
    look = theme.shipped(theme_name)
    theme.use(look)
    style.apply(app, look)
    i18n.speak(read.language)
    files = DeskFiles(read.options.data, read.realm)
    records.write_to(files.logs, theme_name, read.settings.log_level)
    return app
