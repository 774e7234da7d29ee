"""Backup while desks work, restore into a platform that was lost: nothing is lost, nothing doubled."""

import hashlib
import io
import json
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from console.central import backup, feed, push
from console.central.realms import Realms
from console.domain.errors import KnownError
from console.domain.operation import OpenIncident
from console.domain.words import Label
from console.store import archive, tables
from console.store.store import Store
from console.sync.messages import PushRequest
from console.sync.outbox import perform, to_send
from tests.support_pack import actor, incident, sender
from tests.support_platform import ROOT, Desk, Platform, api, until
from tests.support_postgres import SECRET, Postgres
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")


def yiping(*arguments: str | Path, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "error", "-m", "console", "central", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=WAIT_S)


def refused(code: str, what: Callable[[], Any]) -> None:
    with pytest.raises(KnownError) as told:
        what()
    assert told.value.phrase.code == code


def held(url: str, desk: Desk) -> dict[str, Any]:
    """What the platform has of a desk; asked as another, which takes nothing from the desk."""
    said = api(url, "auditor").get(f"{url}/v1/audit", timeout=WAIT_S).json()
    lanes = {lane["lane"]: lane for lane in said["lanes"] if lane["client"] == desk.store.device}
    return {"doubled": said["doubled"], "breaches": said["breaches"], "lanes": lanes}


def test_a_platform_that_was_lost_comes_back_and_desks_bring_what_the_backup_lacks(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with ExitStack() as stack:
        platform = Platform(tmp_path / "platform")
        stack.callback(lambda: platform.kill(signal.SIGTERM))
        desks = [Desk(tmp_path / f"desk{number}.db") for number in range(2)]
        for desk in desks:
            stack.callback(desk.close)
            desk.connect(platform.url)
        until(lambda: all(desk.online() for desk in desks))
        known = []

        def work(first: int, count: int) -> None:
            for number in range(first, first + count):
                known.append(incident(number))
                desks[number % 2].do(OpenIncident(known[-1], WHO), actor(number))

        work(1, 6)
        until(lambda: all(desk.settled() for desk in desks))
        made = yiping("backup", "--to", file, "--data", platform.data)
        assert made.returncode == 0, made.stderr
        assert "live" in made.stdout and file.stat().st_mode & 0o077 == 0
        before = incarnation(platform.url)
        work(7, 6)  # told back to the desks, and not in the backup
        until(lambda: all(desk.settled() for desk in desks))

        # into a running one it does not go
        not_now = yiping("restore", file, "--data", platform.data)
        assert not_now.returncode == 2 and str(platform.data) in not_now.stderr
        assert yiping("mint", "--data", platform.data).returncode == 2
        assert incarnation(platform.url) == before

        platform.kill()
        work(13, 4)  # while it is away
        came = yiping("restore", file, "--data", platform.data)
        assert came.returncode == 0, came.stderr
        (aside,) = platform.data.glob("before-restore-*")
        assert str(aside) in came.stdout and (aside / "live.db").exists()
        platform.start()
        assert incarnation(platform.url) != before

        def together() -> bool:
            ids = {row.id for row in known}
            return all(ids == {row.id for row in desk.see(lambda view: view.incidents())} for desk in desks)

        until(lambda: all(desk.settled() for desk in desks) and together())
        until(lambda: total(platform.url) == len(known))
        for desk in desks:
            said = held(platform.url, desk)
            assert said["doubled"] == said["breaches"] == 0
            assert said["lanes"]["command"]["operations"] == said["lanes"]["command"]["distinct"] == 8


def incarnation(url: str) -> str:
    return str(api(url, "auditor").get(f"{url}/v1/pull", timeout=WAIT_S).json()["incarnation"])


def total(url: str) -> int:
    page = api(url, "auditor").get(f"{url}/v1/pull?limit=5000", timeout=WAIT_S).json()
    return len({row["id"] for row in page["rows"] if row["table"] == "incident"})


def small(folder: Path, *names: str) -> Path:
    """The folder of a platform that has stopped."""
    realms = Realms(folder)
    for name in names:
        assert realms.get(name, create=True)
    realms.close()
    return folder


def test_every_realm_is_in_it_and_gets_a_new_incarnation(tmp_path: Path) -> None:
    there = small(tmp_path / "a", "live", "drill-1")
    first = backup.mint(there)
    assert backup.mint(there).keys() == first.keys() == {"live", "drill-1"}
    manifest = backup.back_up(there, tmp_path / "b.tar")
    assert manifest.realms == ["drill-1", "live"] and set(manifest.files) == {"drill-1.db", "live.db"}
    restored = backup.restore(tmp_path / "b.tar", tmp_path / "new")
    assert restored.realms.keys() == first.keys() and not restored.aside
    realms = Realms(tmp_path / "new")
    for name, minted in restored.realms.items():
        realm = realms.get(name)
        assert realm and realm.incarnation == minted != first[name]
    realms.close()
    assert not list(tmp_path.glob("**/.*"))  # nothing half done is left


def test_each_backup_of_a_busy_platform_is_of_one_moment(tmp_path: Path) -> None:
    realms = Realms(tmp_path / "busy")
    realm = realms.get("live", create=True)
    assert realm
    desk = Store.open(tmp_path / "desk.db", None)
    for number in range(1, 121):
        perform(desk, OpenIncident(incident(number), WHO), actor(number))
    waiting = [json.loads(body) for body in to_send(desk, "command", 0).bodies]
    sizes, busy = [], threading.Event()

    def push_all() -> None:
        for one in waiting:
            push.take(realm.store, sender(desk.device), PushRequest.model_validate({"operations": [one]}))
            busy.set()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(push_all)
        while not done.done() or len(sizes) < 3:
            assert busy.wait(WAIT_S)
            file = tmp_path / f"{len(sizes)}.tar"
            backup.back_up(tmp_path / "busy", file)
            backup.restore(file, tmp_path / f"restored-{len(sizes)}")
            copy = Store.open(tmp_path / f"restored-{len(sizes)}" / "live.db", None, side="platform")
            with copy.read() as view:
                asked = select(func.count(), func.max(tables.outcome.c.n), func.max(tables.outcome.c.sequence))
                count, last, end = view.connection.execute(asked).one()
                assert count == last == view.connection.scalar(select(tables.lane.c.n)) == len(view.incidents())
                assert end == feed.end(view)
            copy.close()
            sizes.append(count)
        done.result()
    assert sizes == sorted(sizes) and sizes[0] > 0 and sizes[-1] <= len(waiting)
    desk.close()
    realms.close()


def test_a_backup_never_takes_the_place_of_another(tmp_path: Path) -> None:
    there = small(tmp_path / "a", "live")
    (tmp_path / "b.tar").write_text("older")
    refused("backup_exists", lambda: backup.back_up(there, tmp_path / "b.tar"))
    assert (tmp_path / "b.tar").read_text() == "older"
    refused("backup_nothing", lambda: backup.back_up(tmp_path / "none", tmp_path / "c.tar"))
    assert not (tmp_path / "c.tar").exists()


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Another archive with what `change` makes of each part."""
    other = file.with_name("other.tar")
    with tarfile.open(file) as source, tarfile.open(other, "w") as target:
        for member in source:
            part = source.extractfile(member)
            assert part
            if (data := change(member.name, part.read())) is not None:
                member.size = len(data)
                target.addfile(member, io.BytesIO(data))
    return other


def test_a_damaged_archive_changes_nothing(tmp_path: Path) -> None:
    there = small(tmp_path / "a", "live", "drill-1")
    file = tmp_path / "b.tar"
    backup.back_up(there, file)
    kept = {path.name: path.read_bytes() for path in there.iterdir()}

    def one_bit(name: str, data: bytes) -> bytes:
        return data if name != "live.db" else data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]

    def newer(name: str, data: bytes) -> bytes:
        return data if name != archive.MANIFEST else json.dumps({**json.loads(data), "format": 2}).encode()

    cases = {
        "one bit": one_bit,
        "a part less": lambda name, data: None if name == "drill-1.db" else data,
        "no manifest": lambda name, data: None if name == archive.MANIFEST else data,
        "newer": newer,
    }
    for what, change in cases.items():
        refused("backup_wrong", lambda change=change: backup.restore(rewritten(file, change), there))  # type: ignore[misc]
        assert {path.name: path.read_bytes() for path in there.iterdir() if path.name in kept} == kept, what
    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[:-30_000])
    refused("backup_wrong", lambda: backup.restore(cut, there))
    cut.write_bytes(b"not a tar at all")
    refused("backup_wrong", lambda: backup.restore(cut, there))
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        member = tarfile.TarInfo("../evil.db")
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    refused("backup_wrong", lambda: backup.restore(evil, there))
    assert not (tmp_path / "evil.db").exists() and not (there.parent / "evil.db").exists()
    assert not [path for path in there.iterdir() if path.name.startswith((".restore", "before"))]


def test_the_same_on_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    url, file = postgres.fresh_database(), tmp_path / "b.tar"

    def settings(of: str) -> dict[str, str]:
        realms = Realms(of)
        try:
            found = {name: realms.get(name) for name in realms.names()}
            return {name: realm.incarnation for name, realm in found.items() if realm}
        finally:
            realms.close()

    realms = Realms(url)
    for name in ("live", "drill-1"):
        assert realms.get(name, create=True)
    manifest = backup.back_up(url, file)  # while it runs
    assert manifest.realms == ["drill-1", "live"]
    refused("platform_running", lambda: backup.restore(file, url))
    refused("platform_running", lambda: backup.mint(url))
    realms.close()
    first = settings(url)
    restored = backup.restore(file, url)
    assert settings(url) == restored.realms and restored.realms.keys() == first.keys()
    assert not set(restored.realms.values()) & set(first.values())
    aside = restored.aside.split(", ")
    asked = "SELECT count(*) FROM information_schema.tables WHERE table_schema = '{}' AND table_name = 'feed'"
    database = url.rpartition("/")[2]
    assert len(aside) == 2 and all(postgres.sql(asked.format(name), database) == [(1,)] for name in aside)
    minted = backup.mint(url)
    assert settings(url) == minted != restored.realms

    # into another database; and one that does not go in leaves everything as it was
    other = postgres.fresh_database()
    assert backup.restore(file, other).realms.keys() == first.keys()
    broken = rewritten(file, lambda name, data: damaged(data) if name == "database.dump" else mended(file, data))
    refused("backup_tool", lambda: backup.restore(broken, url))
    assert settings(url) == minted
    sqlite = tmp_path / "sqlite.tar"
    backup.back_up(small(tmp_path / "files", "live"), sqlite)
    refused("backup_kind", lambda: backup.restore(sqlite, url))
    refused("backup_kind", lambda: backup.restore(file, tmp_path / "files"))
    refused("backup_nothing", lambda: backup.back_up(postgres.fresh_database(), tmp_path / "none.tar"))
    said = yiping("backup", "--to", file, "--database", url)
    assert said.returncode == 2 and SECRET not in said.stdout + said.stderr


def damaged(dump: bytes) -> bytes:
    return dump[: len(dump) // 2]


def mended(file: Path, manifest: bytes) -> bytes:
    """The manifest of an archive whose dump is damaged and whose hashes are right."""
    with tarfile.open(file) as tar:
        part = tar.extractfile("database.dump")
        assert part
        found = hashlib.sha256(damaged(part.read())).hexdigest()
    return json.dumps({**json.loads(manifest), "files": {"database.dump": found}}).encode()


def test_the_command_serves_without_a_subcommand_and_knows_each(tmp_path: Path) -> None:
    shown = yiping("--help").stdout
    for word in ("backup", "restore", "mint", "--workers", "--metrics-from", "--log-level"):
        assert word in shown
    for command in ("backup", "restore", "mint"):
        assert yiping(command, "--help").returncode == 0
    assert yiping("nonsense").returncode == 2
    assert yiping("--metrics-from", "10.0.0.1/8").returncode == 2  # an address with a mask is no network
    small(tmp_path / "p", "live")
    assert yiping("--data", tmp_path / "p", "mint").stdout.startswith("live\t")
