"""A topic pack that is read again when a file of it has changed, so that a grant counts without a restart."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from console.domain.errors import KnownError
from console.domain.pack import Pack
from console.domain.phrases import say
from console.store.packs import PackErrors, load_pack

EVERY_S = 1.0
log = logging.getLogger(__name__)


class PackFiles:
    """Asked for the pack, it gives it anew when its files are not those of the time before; else None.

    It looks at most once in `EVERY_S`. An edit that is wrong is logged, and the pack stays as it was.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._seen = _stamps(folder)
        self._due = clock() + EVERY_S
        self._reading = threading.Lock()

    def __call__(self) -> Pack | None:
        if self._clock() < self._due or not self._reading.acquire(blocking=False):
            return None
        try:
            self._due = self._clock() + EVERY_S
            if (now := _stamps(self._folder)) == self._seen:
                return None
            self._seen = now  # an edit while it is read has other stamps, and is read next time
            pack = load_pack(self._folder)
        except (KnownError, OSError) as error:
            log.error("the pack was changed and is wrong; the one before stays", extra=_why(error))
            return None
        finally:
            self._reading.release()
        log.warning("the pack was changed and read again", extra={"pack": pack.id})
        return pack


def _why(error: KnownError | OSError) -> dict[str, object]:
    if isinstance(error, PackErrors):
        return {"problems": [f"{p.file}:{p.line}: {p.message.en}" for p in error.problems[:20]]}
    return {"problems": [say(error.phrase, "en") if isinstance(error, KnownError) else str(error)]}


def _stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What tells that a file was written or replaced."""
    found = {}
    for file in folder.rglob("*"):
        try:
            stat = file.stat()
        except FileNotFoundError:  # an editor's temporary file
            continue
        found[str(file)] = stat.st_mtime_ns, stat.st_size, stat.st_ino
    return found
