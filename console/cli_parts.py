"""What the commands share: how they fail, and options that several have."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from console.domain.errors import KnownError
from console.domain.phrases import say
from console.domain.words import Lang
from console.settings import data_folder


def _fail(error: KnownError) -> NoReturn:
    lang: Lang = "en" if os.environ.get("LANG", "").startswith("en") else "zh"
    click.echo(say(error.phrase, lang), err=True)
    sys.exit(2)


def known(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say what the world did in one sentence, not as a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except KnownError as error:
            _fail(error)

    return run


def pack_folders(data: Path | None) -> list[Path]:
    """Where packs are for a platform whose realms are in `data`: the user's, those beside that folder, those in it."""
    return [data_folder() / "packs", *([data.parent / "packs", data / "packs"] if data else [])]


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of databases, logs and packs (default: the user's).",
)
language_option = click.option("--lang", type=click.Choice(["zh", "en"]), help="Language on screen.")
