"""Attachments in a store: whole or not there, wherever a desk is killed; and refused in words."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import blobs, tables
from console.store.blobs import PART, add_file, look, write
from console.store.store import Store
from tests.support_blobs import Desk, some
from tests.support_platform import KEY, ROOT

JPEG = "image/jpeg"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    yield desk
    desk.close()


def said(error: pytest.ExceptionInfo[KnownError]) -> str:
    return error.value.phrase.code


@pytest.mark.parametrize("key", [KEY, None], ids=["SQLCipher", "SQLite"])
@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, 3 * PART])
def test_bytes_come_back_as_they_were(tmp_path: Path, key: bytes | None, size: int) -> None:
    store = Store.open(tmp_path / "a.db", key)
    data, sha256 = some(size)
    with store.begin() as tx:
        assert blobs.put(tx, (data[at : at + 300_001] for at in range(0, size, 300_001)), JPEG) == (sha256, size)
        assert blobs.put(tx, [data, b""], "image/png") == (sha256, size)  # the same bytes: nothing new
    with store.read() as view:
        assert b"".join(blobs.read(view, sha256)) == data
        assert [len(piece) for piece in blobs.read(view, sha256)][:-1] == [PART] * (blobs.count(size) - 1)
        assert blobs.get(view, sha256) == blobs.Blob(sha256, size, JPEG, True, blobs.count(size))
        assert blobs.sound(view, sha256) and blobs.to_upload(view) == [sha256]
    store.close()
    if size > 100:
        assert (data[:100] in (tmp_path / "a.db").read_bytes()) == (key is None)


def test_what_refers_to_it_and_the_bytes_are_one_transaction(desk: Desk) -> None:
    def half(tx: blobs.Tx) -> None:
        blobs.put(tx, [b"picture"], JPEG)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(desk.ask, half)
    assert desk.to_upload() == []


def test_a_file_is_added_in_small_steps(desk: Desk, tmp_path: Path) -> None:
    data, sha256 = some(3 * PART + 7)
    (tmp_path / "clip.mp4").write_bytes(data)
    assert add_file(desk.ask, tmp_path / "clip.mp4", "video/mp4") == (sha256, len(data))
    assert desk.bytes_of(sha256) == data
    assert add_file(desk.ask, tmp_path / "clip.mp4", "video/mp4") == (sha256, len(data))


def test_what_cannot_be_attached_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "big").write_bytes(bytes(PART + 1))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, code in {
        "empty": "blob_empty",
        "big": "blob_too_large",
        "folder": "blob_unreadable",
        "pipe": "blob_unreadable",
        "none": "blob_unreadable",
    }.items():
        with pytest.raises(KnownError) as error:
            add_file(desk.ask, tmp_path / name, JPEG, most=PART)
        assert said(error) == code
    for chunks, code in (([], "blob_empty"), ([b""], "blob_empty"), ([bytes(PART)] * 201, "blob_too_large")):
        with pytest.raises(KnownError) as error:
            write(desk.ask, lambda tx, chunks=chunks: blobs.put(tx, chunks, JPEG))
        assert said(error) == code
    for media in ("", "image", "a/b\r\nX: y", "a/b\n"):
        with pytest.raises(ValueError):
            desk.put(b"x", media)
    assert desk.to_upload() == [] and blobs.clean(desk.ask) == []


def test_a_file_that_does_not_keep_still_is_not_attached(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(some(PART + 1)[0])
    seed = 0

    def ask(fn):  # type: ignore[no-untyped-def]
        nonlocal seed
        seed += 1
        path.write_bytes(some(PART + 1, seed)[0])
        return desk.ask(fn)

    with pytest.raises(KnownError) as error:
        add_file(ask, path, "video/mp4")
    assert said(error) == "blob_changed"
    assert desk.to_upload() == [] and blobs.clean(desk.ask) == []


def test_half_of_something_else_is_thrown_away(desk: Desk, tmp_path: Path) -> None:
    """A download that was not what it said does not spoil the file itself."""
    data, sha256 = some(2 * PART + 7)
    (tmp_path / "clip.mp4").write_bytes(data)
    for size in (len(data), 9 * PART):
        write(desk.ask, lambda tx, size=size: blobs.start(tx, sha256, size, JPEG))
        write(desk.ask, lambda tx: blobs.add_part(tx, sha256, 0, bytes(PART)))
        assert add_file(desk.ask, tmp_path / "clip.mp4", "video/mp4") == (sha256, len(data))
        assert desk.bytes_of(sha256) == data
        write(desk.ask, lambda tx: tx.connection.execute(blobs.blob_part.delete()))
        write(desk.ask, lambda tx: tx.connection.execute(blobs.blob.delete()))
    write(desk.ask, lambda tx: blobs.start(tx, sha256, len(data), JPEG))
    write(desk.ask, lambda tx: blobs.add_part(tx, sha256, 0, bytes(PART)))
    assert desk.put(data) == sha256 and desk.bytes_of(sha256) == data


def test_only_whole_ones_count(desk: Desk) -> None:
    data, sha256 = some(2 * PART)
    assert desk.get(sha256) is None
    whole = desk.put(b"whole")
    for n in (1, 0, 0):  # not the next one; the next one; again
        part = data[n * PART :][:PART]
        write(desk.ask, lambda tx, n=n, part=part: blobs.keep_part(tx, sha256, len(data), JPEG, n, part))
    found = desk.get(sha256)
    assert found and (found.parts, found.received, found.complete) == (1, PART, False)
    with pytest.raises(KnownError) as error:
        desk.bytes_of(sha256)
    assert said(error) == "blob_missing"
    absent = ["0" * 64, whole, sha256, "0" * 64]
    assert look(desk.ask, lambda view: blobs.missing(view, absent)) == ["0" * 64, sha256]
    assert desk.to_upload() == [whole]
    assert blobs.clean(desk.ask, wanted=[sha256]) == []
    assert blobs.clean(desk.ask) == [sha256]
    assert desk.get(sha256) is None and desk.bytes_of(whole) == b"whole"
    blobs.drop(desk.ask, whole)  # a whole one stays
    assert desk.bytes_of(whole) == b"whole"


def test_what_goes_up_first_and_what_goes_no_more(desk: Desk) -> None:
    clip, photo = desk.put(b"clip" * 100), desk.put(b"photo")
    assert desk.to_upload() == [photo, clip]
    write(desk.ask, lambda tx: blobs.set_uploaded(tx, photo))
    why = Phrase("blob_refused", {"id": clip[:8], "code": "too_large"})
    write(desk.ask, lambda tx: blobs.set_refused(tx, clip, why))
    assert desk.to_upload() == [] and look(desk.ask, blobs.refused) == {clip: why}
    write(desk.ask, lambda tx: blobs.send_again(tx, clip))
    assert desk.to_upload() == [clip] and look(desk.ask, blobs.refused) == {}
    write(desk.ask, blobs.send_again)
    assert desk.to_upload() == [photo, clip]


KILLED = """
import sys, pathlib
from console.store import blobs
from tests.support_blobs import Desk
desk = Desk(pathlib.Path(sys.argv[1]))
def ask(fn):
    found = desk.ask(fn)
    print(flush=True)
    sys.stdin.readline()  # go on when told
    return found
blobs.add_file(ask, pathlib.Path(sys.argv[2]), "video/mp4")
"""


def test_a_desk_killed_while_it_adds_a_file_goes_on_or_cleans_up(tmp_path: Path) -> None:
    data, sha256 = some(4 * PART + 7)
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", KILLED, str(tmp_path / "desk.db"), str(path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdin and process.stdout
        for _ in range(3):  # a look, and two parts
            assert process.stdout.readline() == b"\n"
            process.stdin.write(b"\n")
            process.stdin.flush()
        assert process.stdout.readline() == b"\n"  # the third part is on disk
        process.send_signal(signal.SIGKILL)
    desk = Desk(tmp_path / "desk.db")
    half = desk.get(sha256)
    assert half and half.parts == 3 and not half.complete and desk.to_upload() == []
    assert add_file(desk.ask, path, "video/mp4") == (sha256, len(data))
    assert desk.bytes_of(sha256) == data
    assert blobs.clean(desk.ask) == []
    desk.close()


def test_the_tables_are_postgresqls_too() -> None:
    assert {"blob", "blob_part"} <= set(tables.SHARED.tables)
    made = str(CreateTable(blobs.blob_part).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "data BYTEA NOT NULL" in made
