"""What a desk or wall is started with: the options given, and what is read before it can work."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.desk.files import drill_realm
from console.domain.errors import KnownError
from console.domain.words import Lang, Phrase
from console.settings import Settings, config_file, load

if TYPE_CHECKING:  # the window is painted first
    from console.domain.drill import Scenario
    from console.domain.pack import Pack

DEMO_PASSWORD = "yiping-demo"  # of a simulated pack's users; such a pack guards nothing


@dataclass(frozen=True)
class Options:
    """How a desk or a wall is started."""

    data: Path
    language: Lang | None = None
    platform: str | None = None  # address; None: the setting's
    pack: str | None = None  # id; None: the scenario's, else the setting's
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
class Setup:
    """What a window needs to be dressed."""

    options: Options
    settings: Settings

    @property
    def language(self) -> Lang:
        return self.options.language or ("en" if self.settings.language == "en" else "zh")


@dataclass(frozen=True)
class Plan(Setup):
    """What a desk or wall works with."""

    pack: "Pack"
    scenario: "Scenario | None"
    realm: str


def setup(options: Options) -> Setup:
    """Raises `KnownError` for a settings file that is wrong."""
    return Setup(options, load(config_file()))


def plan(options: Options) -> Plan:
    """Read settings, pack and scenario. Raises `KnownError` for one that is wrong."""
    from console.store.packs import find_pack, load_pack  # pydantic comes with them: the window is painted first
    from console.store.scenarios import find_scenarios, load_scenario

    settings = load(config_file())
    scenario, file = None, None
    if options.scenario is not None:
        named = Path(options.scenario)
        file = named if named.suffix else find_scenarios(options.data / "scenarios").get(options.scenario)
        if file is None or not file.exists():
            raise KnownError(Phrase("scenario_missing", {"name": options.scenario}))
        scenario = load_scenario(file)
    pack = load_pack(find_pack(options.pack or (scenario.pack if scenario else settings.pack), options.data / "packs"))
    if scenario and file:
        scenario = load_scenario(file, pack)  # now that what it refers to is known
    realm = options.realm
    if scenario and options.drill:
        realm = drill_realm(options.data, scenario.id, datetime.now())
    return Plan(options, settings, pack, scenario, realm)
