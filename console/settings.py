"""Every setting, declared once: name, type, default, what it is, and what it can be. Kept in one TOML file; no Qt.

`load` refuses a file with an unknown key, a wrong type or a value that cannot be, with the line and what could be.
"""

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import platformdirs

from console.domain.errors import KnownError
from console.domain.words import Label, Phrase


def _setting(
    default: Any,
    title: Label,
    help: Label,
    among: Collection[Any] = (),
    *,
    pattern: str = "",
    form: str = "",
    restart: bool = True,
) -> Any:
    """`among` are the values it can have, `pattern` what a text must match, said as `form`; none for any of its type.
    `restart`: it holds from the next start on."""
    told = {"title": title, "help": help, "among": among, "pattern": pattern, "form": form, "restart": restart}
    return field(default=default, metadata=told)


@dataclass(frozen=True)
class Settings:
    language: str = _setting(
        "zh",
        Label("语言", "Language"),
        Label("界面的语言:zh 中文,en 英文", "zh or en: the language on screen"),
        ("zh", "en"),
        restart=False,
    )
    scale: int = _setting(
        100,
        Label("界面大小 %", "Size on screen %"),
        Label("字和界面放大到百分之几,4K 屏可用 150", "text and panels in percent; 150 suits a 4K screen"),
        (100, 125, 150, 175, 200, 250, 300),
    )
    pack: str = _setting(
        "dongguan-houjie",
        Label("专题包", "Topic pack"),
        Label("本中心的专题包,填编号", "the topic pack of this centre, by id"),
    )
    platform: str = _setting(
        "",
        Label("平台地址", "Platform address"),
        Label(
            "中心平台的地址,https://主机:端口;空着就单机工作",
            "address of the central platform, https://host:port; empty: work alone",
        ),
        pattern=r"(https?://[^\s/?#]+[^\s]*)?",
        form="https://host:port",
    )
    intake: str = _setting(
        "",
        Label("数据接入口", "Door for facts"),
        Label(
            "单机工作时接收外部数据的本机端口,如 8470 或 0.0.0.0:8470;空着不开",
            "port for facts from other systems while working alone, 8470 or 0.0.0.0:8470; empty: closed",
        ),
        pattern=r"((([^\s/:]+|\[[0-9A-Fa-f:]+\]):)?[0-9]{1,5})?",
        form="8470",
    )
    sound: bool = _setting(
        True, Label("告警声", "Alarm sound"), Label("来新告警时响一声", "play a sound for a new alarm"), restart=False
    )
    video_workers: int = _setting(
        2,
        Label("解码进程", "Video decoders"),
        Label("解码视频的进程数", "processes that decode video"),
        range(1, 65),
    )
    log_level: str = _setting(
        "INFO",
        Label("日志级别", "Log level"),
        Label("程序日志记到哪一级", "DEBUG, INFO, WARNING or ERROR"),
        ("DEBUG", "INFO", "WARNING", "ERROR"),
        restart=False,
    )


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


def change(file: Path, typed: Mapping[str, str]) -> Settings:
    """Set values as typed, keeping everything else of the file: all of them or, where one is wrong, none. Raises
    `KnownError` as `load` does, and for a file that cannot be written."""
    import tomlkit  # only when something is changed

    load(file)
    document = tomlkit.parse(file.read_text("utf-8")) if file.exists() else tomlkit.document()
    kinds: dict[str, type] = {f.name: type(f.default) for f in fields(Settings)}
    for key, text in typed.items():
        value: bool | int | str = text
        if kinds.get(key) is bool:
            value = {"true": True, "false": False}.get(text.lower(), text)
        elif kinds.get(key) is int and text.isdecimal():
            value = int(text)
        document[key] = value
    text = tomlkit.dumps(document)
    settings = _parsed(text, file)
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, "utf-8")
        fresh.replace(file)
    except OSError as error:
        raise KnownError(Phrase("settings_unwritten", {"file": str(file), "error": error.strerror or ""})) from error
    return settings


def described(settings: Settings) -> list[tuple[str, str, Label]]:
    """Name, value and meaning of every setting."""
    return [(f.name, str(getattr(settings, f.name)), f.metadata["help"]) for f in fields(Settings)]


def _parsed(text: str, file: Path) -> Settings:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KnownError(Phrase("settings_unreadable", {"file": str(file), "error": str(error)})) from error
    kinds: dict[str, type] = {f.name: type(f.default) for f in fields(Settings)}
    told: dict[str, Mapping[str, Any]] = {f.name: f.metadata for f in fields(Settings)}
    for key, value in data.items():
        where: dict[str, Any] = {"file": str(file), "line": _line_of(key, text), "key": key}
        if key not in kinds:
            near = get_close_matches(key, kinds, n=1)
            raise KnownError(Phrase("setting_unknown", {**where, "near": near[0] if near else ", ".join(kinds)}))
        if type(value) is not kinds[key]:
            raise KnownError(Phrase("setting_wrong", {**where, "kind": kinds[key].__name__}))
        among, pattern = told[key]["among"], told[key]["pattern"]
        if among and value not in among:
            raise KnownError(Phrase("setting_value", {**where, "value": str(value), "among": _listed(among)}))
        if pattern and not re.fullmatch(pattern, str(value)):
            raise KnownError(Phrase("setting_value", {**where, "value": str(value), "among": told[key]["form"]}))
    return Settings(**data)


def _listed(values: Collection[Any]) -> str:
    return f"{values[0]}-{values[-1]}" if isinstance(values, range) else ", ".join(map(str, values))


def _line_of(key: str, text: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if line.split("=")[0].strip().strip("\"'") == key), 1)
