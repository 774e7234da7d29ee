"""Runs the platform as a process of its own."""

from pathlib import Path

from console.domain.pack import Pack


def serve(
    data: Path, pack: Pack, host: str = "127.0.0.1", port: int = 0, parent: int | None = None, announce: bool = True
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT) or until the process `parent` is gone.

    `port` 0 takes a free one. `announce` prints one line of JSON, {"port": N}, on stdout when it listens.
    Each realm has a file of its own in the folder `data`.
    """
    raise NotImplementedError
