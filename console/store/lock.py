"""One desk per database: a lock that the operating system gives back however its holder dies."""

import fcntl
import os
from pathlib import Path

from console.domain.errors import KnownError
from console.domain.words import Phrase


def take(path: Path) -> int:
    """Lock the file beside the database `path`; the descriptor to `release`.

    It is not inherited by programs this process starts. Raises `KnownError` store_taken.
    """
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise KnownError(Phrase("store_taken", {"path": str(path)})) from None
    return descriptor


def take_platform(folder: Path) -> int:
    """Lock a platform's folder of realms, making it when it is not there. Raises `KnownError` platform_running."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return take(folder / "platform")
    except KnownError:
        raise KnownError(Phrase("platform_running", {"path": str(folder)})) from None


def release(descriptor: int) -> None:
    os.close(descriptor)  # the file stays: removing it would let two hold it
