"""`yiping backup` and `yiping restore`: all of a desk, in use or killed, and back on this machine or another."""

import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from console.cli import main
from console.desk.files import DeskFiles
from console.domain.log import Kind, Note
from console.domain.operation import Actor, WriteNote
from console.domain.words import Label
from console.store import blobs
from console.store.check import verify_seen
from console.store.store import Store
from console.sync.outbox import pending, perform

LI = Label("李", "Li")
MANY = 60


def opened(folder: Path, realm: str = "live") -> Store:
    files = DeskFiles(folder, realm)
    return Store.open(files.database, files.key(), realm=realm)


def write(store: Store, *texts: str) -> None:
    for text in texts:
        perform(store, WriteNote(Note(Kind.NOTE, LI, text=text)), Actor("duty", LI, datetime.now(UTC), "houjie"))


def texts(store: Store) -> set[str]:
    with store.read() as view:
        return {entry.note.text for entry in view.entries()}


def run(*arguments: object) -> str:
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    return f"{done.exit_code}: {done.output}"


def test_a_desk_in_use_is_backed_up_whole_and_goes_on_elsewhere(tmp_path: Path) -> None:
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "desk.backup"
    store, drill = opened(here), opened(here, "drill-a")
    write(store, *(f"note {n}" for n in range(MANY)))
    write(drill, "drill")
    with store.begin() as tx:
        photo, _ = blobs.put(tx, [b"jpeg" * 9], "image/jpeg")
    told = run("backup", "--to", file, "--data", here)  # most of it is in the log beside the file only
    assert told.startswith("0:") and f"live: {MANY} 条" in told and "drill-a: 1 条" in told, told
    assert file.stat().st_mode & 0o077 == 0
    assert b"note 1" not in file.read_bytes(), "it is encrypted"
    with tarfile.open(file) as tar:
        assert "key" not in tar.getnames()
    assert "没有覆盖" in run("backup", "--to", file, "--data", here)
    write(store, "after the backup")
    device, waiting = store.device, pending(store)
    store.close()
    drill.close()

    told = run("restore", file, "--data", there)
    assert told.startswith("2:") and "--key" in told and not list(there.rglob("*.db")), told
    told = run("restore", file, "--data", there, "--key", here / "desk" / "key")
    assert told.startswith("0:") and f"live: {MANY} 条" in told, told
    again = opened(there)
    assert texts(again) == {f"note {n}" for n in range(MANY)}
    assert pending(again)["command"] == waiting["command"] - 1 == MANY, "what was not sent is sent"
    with again.read() as view:
        assert b"".join(blobs.read(view, photo)) == b"jpeg" * 9
    assert again.device != device, "the old desk may have written since: this one begins a chain of its own"
    write(again, "on the new machine")
    assert verify_seen(again, device) is None and verify_seen(again, again.device) is None
    again.close()


def test_a_restore_keeps_what_was_there_and_never_under_a_running_desk(tmp_path: Path) -> None:
    file = tmp_path / "desk.backup"
    store = opened(tmp_path)
    write(store, "before")
    assert run("backup", "--to", file, "--data", tmp_path).startswith("0:")
    write(store, "since")
    told = run("restore", file, "--data", tmp_path)
    assert told.startswith("2:") and texts(store) == {"before", "since"}, told
    store.close()
    told = run("restore", file, "--data", tmp_path)
    assert told.startswith("0:"), told
    again = opened(tmp_path)
    assert texts(again) == {"before"}
    again.close()
    (aside,) = (tmp_path / "desk").glob("before-restore-*")
    assert str(aside) in told
    kept = Store.open(aside / "live.db", bytes.fromhex((aside / "key").read_text()))
    assert texts(kept) == {"before", "since"}
    kept.close()


def test_a_killed_desk_is_backed_up_with_what_only_its_log_has(tmp_path: Path) -> None:
    store = opened(tmp_path / "desk-alive")
    write(store, *(f"note {n}" for n in range(MANY)))
    shutil.copytree(tmp_path / "desk-alive", tmp_path / "killed")
    store.close()
    told = run("backup", "--to", tmp_path / "k.backup", "--data", tmp_path / "killed")
    assert f"live: {MANY} 条" in told, told


@pytest.mark.parametrize("harm", ["cut", "flipped", "wrong key", "nothing"])
def test_what_is_not_whole_changes_nothing(tmp_path: Path, harm: str) -> None:
    file = tmp_path / "desk.backup"
    if harm == "nothing":
        told = run("backup", "--to", file, "--data", tmp_path / "none")
        assert told.startswith("2:") and "没有什么可备份" in told and not file.exists()
        return
    store = opened(tmp_path)
    write(store, "kept")
    assert run("backup", "--to", file, "--data", tmp_path).startswith("0:")
    store.close()
    arguments = ["restore", file, "--data", tmp_path]
    data = bytearray(file.read_bytes())
    if harm == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif harm == "flipped":
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    else:
        (tmp_path / "other").write_text("00" * 32)
        arguments += ["--key", tmp_path / "other"]
    assert run(*arguments).startswith("2:")
    again = opened(tmp_path)
    assert texts(again) == {"kept"}
    again.close()
    assert not list((tmp_path / "desk").glob("before-restore-*"))
