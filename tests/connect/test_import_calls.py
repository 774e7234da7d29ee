"""`yiping import calls`: into a folder, killed in the middle, and up to a platform whose desks see it."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from console.desk.files import DeskFiles
from console.domain.incident import Incident
from console.domain.record import IMPORT
from console.store.check import verify_chain
from console.store.store import Store
from console.sync.loading import Loading, Person
from console.sync.uplink import Uplink
from tests.bench.replay import rows
from tests.support_calls import HEADER, MAPPING, kept, write
from tests.support_pack import PASSWORD, make_pack
from tests.support_platform import KEY, ROOT, Desk, Platform, until
from tests.support_wait import WAIT_S
from tests.sync.test_loading import row

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HERE = MAPPING.replace("flood", "fire").replace("{Water: fire}", "{Water: waterlogging}").replace("dong", "health")


def files(folder: Path, calls: int) -> list[str]:
    with (folder / "calls.csv").open("w", newline="") as text:
        table = csv.writer(text)
        table.writerow(HEADER)
        table.writerows(rows(calls, 1, seed=2))
    (folder / "mapping.yaml").write_text(HERE, "utf-8")
    return [str(folder / "calls.csv"), "--mapping", str(folder / "mapping.yaml"), "--data", str(folder / "data")]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "console", "import", "calls", *arguments]


def run(*arguments: str, code: int = 0) -> Any:
    ended = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=WAIT_S)
    assert ended.returncode == code, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1]) if code == 0 else ended.stderr


def test_a_killed_import_goes_on_and_a_second_changes_nothing(tmp_path: Path) -> None:
    count = 2_500  # at 500 a transaction it is killed long before the end
    arguments = files(tmp_path, count)
    desk = DeskFiles(tmp_path / "data", "calls")
    first = subprocess.Popen(command(*arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def counted() -> int:
        if not desk.database.exists():
            return 0
        try:
            store = Store.open(desk.database, desk.key(), realm="calls", read_only=True)
        except Exception:  # it is being made
            return 0
        with store.read() as view:
            found = len(view.every(Incident))
        store.close()
        return found

    until(lambda: counted() > 0)
    first.kill()
    first.wait()
    before = counted()
    assert before % 500 == 0 and before < count
    said = run(*arguments)
    assert (said["rows"], said["known"], said["incidents"], said["refused"]) == (count, before, count - before, 0)
    said = run(*arguments)
    assert (said["known"], said["incidents"], said["assignments"], said["facts"]) == (count, 0, 0, 0)
    store = Store.open(desk.database, desk.key(), realm="calls")
    assert verify_chain(store, store.device) is None
    facts, _ = kept(store)
    told = sum(1 for line in rows(count, 1, seed=2) for cell in line[5:9] if cell)
    assert sum(len(times) for one in facts.values() for _, times in one) == told  # type: ignore[misc]
    store.close()


def test_what_is_odd_is_listed_and_what_is_wrong_is_told(tmp_path: Path) -> None:
    arguments = files(tmp_path, 20)
    said = run(*arguments, "--odd", str(tmp_path / "odd.csv"), "--realm", "year-2025", "--lang", "en")
    listed = list(csv.DictReader((tmp_path / "odd.csv").read_text("utf-8-sig").splitlines()))
    assert len(listed) == sum(said["odd"].values()) and said["odd"]["unit_unknown"] == 20
    assert DeskFiles(tmp_path / "data", "year-2025").database.exists()
    (tmp_path / "mapping.yaml").write_text(HERE.replace("unit: Unit", "unit: Unot"), "utf-8")
    assert "mapping.yaml:4: There is no column Unot." in run(*arguments, "--lang", "en", code=2)
    assert "没有列 Unot" in run(*arguments, code=2)
    run(*arguments, "--realm", "No Such", code=2)


def test_a_platform_and_its_desks_see_it(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform")
    desk = Desk(tmp_path / "desk.db", realm="calls")
    desk.connect(platform.url)
    store = Store.open(tmp_path / "import.db", KEY, realm="calls")
    uplink = Uplink(store, platform.url, "u1", PASSWORD)
    uplink.sign_in()
    seen: list[int] = []

    def watch(_calls: int) -> None:
        """While it is replayed, a desk has what was said so far; a platform that is away does not hold it up."""
        if len(seen) == 2:
            platform.kill()
        uplink.try_push()
        seen.append(len(seen))
        if len(seen) == 2:
            until(lambda: sum(len(one.times) for one in sent(desk)) == 1)

    of = [row("C1", "E1", 0, 1, 2, 5, 30), row("C1", "E2", 0, 3, 4, None, 6), row("C2", "E1", 10, 11, 12, 13, 14)]
    loading = Loading(store, make_pack(), Person("u1", IMPORT))
    loading.on_progress = watch
    loading.replay(write(tmp_path, of).records(NOW), 1e6)
    assert loading.refused == [] and len(seen) > 5
    platform.start()
    assert uplink.settle() == []
    until(lambda: sum(len(one.times) for one in sent(desk)) == 11)
    assert [one.open for one in desk.see(lambda view: view.every(Incident))] == [False, False]
    uplink.close()
    store.close()
    desk.close()
    platform.kill()


def sent(desk: Desk) -> list[Any]:
    look: Callable[[Any], list[Any]] = lambda view: view.assignments(open_only=False)  # noqa: E731
    return desk.see(look)
