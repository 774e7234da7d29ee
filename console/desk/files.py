"""Where a desk keeps its things: one folder, one database a realm, one key."""

import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.domain.errors import KnownError
from console.domain.words import Phrase

KEY_BYTES = 32


@dataclass(frozen=True)
class DeskFiles:
    folder: Path
    realm: str = "live"

    @property
    def database(self) -> Path:
        return self.folder / "desk" / f"{self.realm}.db"

    @property
    def ended(self) -> Path:
        """Is there once the drill of this realm was ended."""
        return self.database.with_suffix(".ended")

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    @property
    def places(self) -> Path:
        """Where the windows were."""
        return self.folder / "windows.ini"

    @property
    def screen(self) -> Path:
        """What is known of the screen this machine shows its window on."""
        return self.folder / "screen.json"

    @property
    def packs(self) -> Path:
        return self.folder / "packs"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def key(self) -> bytes:
        """The database key of this machine, made once and readable by this user only."""
        file = self.folder / "desk" / "key"
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return read_key(file)
        with os.fdopen(handle, "w", encoding="ascii") as fresh:
            fresh.write(secrets.token_hex(KEY_BYTES))
            fresh.flush()
            os.fsync(handle)
        return read_key(file)


def drill_realm(folder: Path, scenario: str, now: datetime) -> str:
    """The realm of a scenario's run: the last one if it was not ended, else a new one. Nothing is written over."""
    name = "drill-" + re.sub(r"[^a-z0-9]+", "-", scenario.lower())[:18].strip("-")  # as a platform takes it
    last = max((file.stem for file in (folder / "desk").glob(f"{name}-{14 * '[0-9]'}.db")), default=None)
    if last is not None and not DeskFiles(folder, last).ended.exists():
        return last
    return f"{name}-{now:%Y%m%d%H%M%S}"


def read_key(file: Path) -> bytes:
    """A desk's key as its file holds it. Raises `KnownError` key_unreadable."""
    try:
        key = bytes.fromhex(file.read_text("ascii"))
    except (OSError, ValueError) as error:
        raise KnownError(Phrase("key_unreadable", {"path": str(file)})) from error
    if len(key) != KEY_BYTES:
        raise KnownError(Phrase("key_unreadable", {"path": str(file)}))
    return key
