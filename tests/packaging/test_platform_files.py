"""The files that run a platform say what the platform understands."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import yaml

from console.cli import central

FOLDER = Path(__file__).parents[2] / "packaging" / "platform"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SECRET = re.compile(r"(?i)(password|secret|token)\w*\s*[:=]\s*\S")
FILLED_IN = re.compile(r"\$\{[^}]*\}")


def understood(words: list[str]) -> dict[str, Any]:
    """The options of `yiping central`, as the command reads them. Raises `click.UsageError`."""
    assert words[0] == "central"
    context = click.Context(central)
    central.parse_args(context, words[1:])
    return context.params


def test_the_service_starts_a_command_that_is_there() -> None:
    text = (FOLDER / "yiping-central.service").read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    words = shlex.split(line)
    assert words[0].endswith("/yiping") and words[-1] == "$YIPING_OPTIONS"
    options = understood(words[1:-1])
    writable = re.findall(r"^ReadWritePaths=(.*)$", text, re.MULTILINE)
    assert str(options["data"]).startswith(writable[0])
    for kept in ("NoNewPrivileges=yes", "ProtectSystem=strict", "Restart=on-failure"):
        assert kept in text.splitlines()


def test_the_containers_start_a_command_that_is_there() -> None:
    platform = COMPOSE["services"]["platform"]
    options = understood(platform["command"])
    (subnet,) = (one["subnet"] for one in COMPOSE["networks"]["inside"]["ipam"]["config"])
    assert options["proxies"] == (subnet,) and options["workers"] == 2
    assert platform["environment"]["YIPING_DATABASE"].startswith("postgresql+psycopg://")
    container = (FOLDER / "Containerfile").read_text("utf-8")
    (line,) = re.findall(r"^CMD (\[.*\])$", container, re.MULTILINE)
    assert understood(yaml.safe_load(line))["host"] == "0.0.0.0"
    top = FOLDER.parents[1]
    for copied in re.findall(r"^COPY (?!--from)(.*) \S+$", container, re.MULTILINE):
        assert all((top / one).exists() for one in copied.split())


def test_what_is_published_is_the_proxy_alone_and_no_secret_is_inside() -> None:
    published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert published == ["proxy"]
    assert "@own path /metrics" in (FOLDER / "Caddyfile").read_text("utf-8")

    def told(text: str) -> list[str]:
        return [line for line in FILLED_IN.sub("", text).splitlines() if SECRET.search(line)]

    for file in sorted(FOLDER.iterdir()):
        assert told(file.read_text("utf-8")) == [], file
    assert told("POSTGRES_PASSWORD: hunter2") and not told("POSTGRES_PASSWORD: ${X:?y}")
