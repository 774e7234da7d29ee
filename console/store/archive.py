"""A backup's file: a tar of what the databases held, and a manifest with the hash of each part."""

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from console import __version__
from console.domain.errors import KnownError
from console.domain.words import Phrase

Kind = Literal["sqlite", "postgresql", "desk"]
FORMAT = 1
MANIFEST = "manifest.json"
PART = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\.(db|dump)")
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    kind: Kind
    realms: list[str]
    files: dict[str, str] = field(default_factory=dict)  # SHA-256 of each, in hex
    format: int = FORMAT
    yiping: str = __version__
    made_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())


class Archive:
    """One that is being written."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar, self.manifest = tar, manifest

    def add(self, path: Path) -> None:
        """Put a file in under its own name, and remove it."""
        self.manifest.files[path.name] = _hash(path)
        self._tar.add(path, path.name)
        path.unlink()


@contextmanager
def writing(file: Path, manifest: Manifest) -> Iterator[Archive]:
    """`file` is there once all of it is on the disk, or not at all. Raises `KnownError` backup_exists."""
    if file.exists():
        raise KnownError(Phrase("backup_exists", {"path": str(file)}))
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        # personal data: nobody else's to read
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                yield Archive(tar, manifest)
                told = part.with_name(f".{file.name}.{MANIFEST}")
                told.write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
                tar.add(told, MANIFEST)
                told.unlink()
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(part, file)  # unlike a rename it never replaces one
        except FileExistsError:
            raise KnownError(Phrase("backup_exists", {"path": str(file)})) from None
        sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)


def unpack(file: Path, folder: Path) -> Manifest:
    """Take the parts out into `folder`, all of them verified. Raises `KnownError` backup_wrong."""

    def wrong(why: str) -> KnownError:
        return KnownError(Phrase("backup_wrong", {"path": str(file), "why": why}))

    found: dict[str, str] = {}
    manifest = None
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                source = tar.extractfile(member)
                if source is None:
                    raise wrong(member.name)
                if member.name == MANIFEST:
                    manifest = Manifest(**json.loads(source.read(_CHUNK)))
                elif PART.fullmatch(member.name):
                    with (folder / member.name).open("wb") as out:
                        while data := source.read(_CHUNK):
                            out.write(data)
                        out.flush()
                        os.fsync(out.fileno())
                    found[member.name] = _hash(folder / member.name)
                else:
                    raise wrong(member.name)
    except (tarfile.TarError, ValueError, TypeError) as error:
        raise wrong(str(error)) from None
    if manifest is None:
        raise wrong(MANIFEST)
    if manifest.format != FORMAT:
        raise wrong(f"format {manifest.format}")
    if found != manifest.files:
        differ = sorted(name for name, _ in found.items() ^ manifest.files.items())
        raise wrong(", ".join(differ))
    return manifest


def sync_folder(folder: Path) -> None:
    """What was renamed in a folder survives power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # some network file systems cannot
        os.fsync(descriptor)
    os.close(descriptor)


def put_aside(folder: Path) -> Path | None:
    """Move the databases of a folder, and a desk's key, into a folder of their own in it; None when there are none."""
    there = [path for path in (*folder.glob("*.db*"), folder / "key") if path.suffix != ".lock" and path.exists()]
    if not there:
        return None
    aside = folder / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    aside.mkdir()
    for path in there:
        path.rename(aside / path.name)
    sync_folder(aside)
    return aside


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
