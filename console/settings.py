"""Every setting, declared once: name, type, default, help. Kept in one TOML file; no Qt.

`load` refuses a file with an unknown key, a wrong type or a value that cannot be, with the line and what could be.
"""

import os
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import platformdirs

from console.domain.errors import KnownError
from console.domain.words import Phrase


def _setting(default: Any, help: str, among: Collection[Any] = ()) -> Any:
    """`among` are the values it can have; none for any of its type."""
    return field(default=default, metadata={"help": help, "among": among})


@dataclass(frozen=True)
class Settings:
    language: str = _setting("zh", "zh or en: the language on screen", ("zh", "en"))
    pack: str = _setting("dongguan-houjie", "the topic pack of this centre, by id")
    platform: str = _setting("", "address of the central platform, https://host:port; empty: work alone")
    sound: bool = _setting(True, "play a sound for a new alarm")
    video_workers: int = _setting(2, "processes that decode video", range(1, 65))
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR", ("DEBUG", "INFO", "WARNING", "ERROR"))


def config_file() -> Path:
    """Where the settings are: `$YIPING_CONFIG`, else the user's configuration folder."""
    named = os.environ.get("YIPING_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("yiping") / "settings.toml"


def data_folder() -> Path:
    """Where databases, logs and the user's packs are: `$YIPING_DATA`, else the user's data folder."""
    named = os.environ.get("YIPING_DATA")
    return Path(named) if named else platformdirs.user_data_path("yiping")


def load(file: Path) -> Settings:
    """Read settings; a file that is not there means the defaults. Raises `KnownError` for a wrong one."""
    if not file.exists():
        return Settings()
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(Phrase("settings_unreadable", {"file": str(file), "error": str(error)})) from error
    return _parsed(text, file)


def change(file: Path, key: str, typed: str) -> Settings:
    """Set one value as typed, keeping everything else of the file. Raises `KnownError` as `load` does."""
    import tomlkit  # only when something is changed

    load(file)
    document = tomlkit.parse(file.read_text("utf-8")) if file.exists() else tomlkit.document()
    kinds: dict[str, type] = {f.name: type(f.default) for f in fields(Settings)}
    kind = kinds.get(key, str)
    value: bool | int | str = typed
    if kind is bool:
        value = {"true": True, "false": False}.get(typed.lower(), typed)
    elif kind is int and typed.isdecimal():
        value = int(typed)
    document[key] = value
    text = tomlkit.dumps(document)
    settings = _parsed(text, file)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(file)
    return settings


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Name, value and meaning of every setting."""
    return [(f.name, str(getattr(settings, f.name)), f.metadata["help"]) for f in fields(Settings)]


def _parsed(text: str, file: Path) -> Settings:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnownError(Phrase("settings_unreadable", {"file": str(file), "error": str(error)})) from error
    kinds = {f.name: type(f.default) for f in fields(Settings)}
    among = {f.name: f.metadata["among"] for f in fields(Settings)}
    for key, value in data.items():
        where: dict[str, Any] = {"file": str(file), "line": _line_of(key, text), "key": key}
        if key not in kinds:
            near = get_close_matches(key, kinds, n=1)
            raise KnownError(Phrase("setting_unknown", {**where, "near": near[0] if near else ", ".join(kinds)}))
        if type(value) is not kinds[key]:
            raise KnownError(Phrase("setting_wrong", {**where, "kind": kinds[key].__name__}))
        if among[key] and value not in among[key]:
            raise KnownError(Phrase("setting_value", {**where, "value": str(value), "among": _listed(among[key])}))
    return Settings(**data)


def _listed(values: Collection[Any]) -> str:
    return f"{values[0]}-{values[-1]}" if isinstance(values, range) else ", ".join(map(str, values))


def _line_of(key: str, text: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if line.split("=")[0].strip().strip("\"'") == key), 1)
