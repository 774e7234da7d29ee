"""The peer of `yiping bench sync-catchup`: the same documents by PouchDB, alone as `yiping bench pouch`.

A desk (PouchDB 9) in one node process, pouchdb-server 4.2 in another, over loopback, both on leveldb's prebuilt
binaries and on disk. Neither asks leveldb to sync a write, so a power cut may take the last of them.
The packages come from npm, once, into build/pouchdb.
"""

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent / "pouchdb"
BUILD = Path(__file__).parents[2] / "build"
CACHE = BUILD / "pouchdb"
BATCHES = (100, 500, 1000, 2000)  # documents; PouchDB's own default is 100
PATIENCE_S = 900.0


class Times(NamedTuple):
    push_s: float
    pull_s: float
    docs: int  # on either side at the end


def measure(own: list[str], others: list[str], folder: Path) -> Times | None:
    """Push `own` and pull `others` (one JSON document each), with the fastest batch size of each way.

    Every batch size begins anew, with databases in `folder` that are gone afterwards. None, with the reason
    printed, where node, npm or the packages are not to be had.

    Raises:
        RuntimeError: the server did not start, the replication failed, or a side lacks documents.
        subprocess.TimeoutExpired: one batch size took more than PATIENCE_S.
    """
    if why := _lacking():
        print(f"PouchDB is not measured: {why}")
        return None
    trials = []
    with tempfile.TemporaryDirectory(dir=folder) as documents:
        for name, items in (("own", own), ("others", others)):
            Path(documents, f"{name}.json").write_text(f"[{','.join(items)}]", encoding="utf-8")
        for batch in BATCHES:
            with tempfile.TemporaryDirectory(dir=folder) as databases:
                times = _replicate(Path(documents), Path(databases), batch, len(own) + len(others))
            print(f"PouchDB, batches of {batch:>4}: push {times.push_s:6.2f} s, pull {times.pull_s:6.2f} s", flush=True)
            trials.append(times)
    return Times(min(t.push_s for t in trials), min(t.pull_s for t in trials), len(own) + len(others))


def _lacking() -> str | None:
    """Fetch the packages where they are not yet; what is missing, if anything."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            return f"there is no {program}"
    lock = "package-lock.json"
    fetched = CACHE / "node_modules" / ".package-lock.json"  # npm writes it last
    if fetched.exists() and (CACHE / lock).read_bytes() == (HERE / lock).read_bytes():
        return None
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    for name in ("package.json", lock):
        shutil.copy(HERE / name, CACHE)
    # leveldown brings prebuilt binaries, so nothing is compiled; sqlite3 is optional and left out
    fetch = ["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    ended = subprocess.run(fetch, cwd=CACHE, capture_output=True, text=True, check=False)
    return f"npm ci failed\n{ended.stderr[-2000:]}" if ended.returncode else None


def _replicate(documents: Path, databases: Path, batch: int, docs: int) -> Times:
    with _server(databases) as url:
        desk = subprocess.run(
            ["node", str(HERE / "desk.js"), f"{url}/operations", str(documents), str(databases / "desk"), str(batch)],
            env={**os.environ, "NODE_PATH": str(CACHE / "node_modules")},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    if desk.returncode:
        raise RuntimeError(f"the PouchDB desk failed\n{desk.stderr[-2000:]}")
    said = json.loads(desk.stdout)
    if (said["desk"], said["server"]) != (docs, docs):
        raise RuntimeError(f"of {docs} documents the desk has {said['desk']}, the server {said['server']}")
    return Times(said["push_s"], said["pull_s"], docs)


@contextmanager
def _server(databases: Path) -> Iterator[str]:
    """pouchdb-server with its databases, settings and log in this folder; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = CACHE / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"
    (databases / "server").mkdir()
    server = subprocess.Popen(
        ["node", str(program), "-n", "--host", "127.0.0.1", "--port", str(port), "--dir", "server"],
        cwd=databases,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if server.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("pouchdb-server does not listen")
        if server.poll() is not None:
            raise RuntimeError("pouchdb-server ended at once")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _documents(count: int, chance: random.Random) -> list[str]:
    """Operations with their rows as a desk would send them, 400 to 900 bytes each."""

    def document(number: int) -> str:
        text = "".join(chance.choices("水位路桥泵站已到现场请派人前往确认完毕", k=chance.randint(60, 220)))
        row = {"id": f"{chance.getrandbits(80):020x}", "status": chance.choice(["open", "closed"]), "text": text}
        operation = {"id": f"{chance.getrandbits(128):032x}", "number": number, "rows": {"log": [row]}}
        return json.dumps(operation, ensure_ascii=False)

    return [document(number) for number in range(count)]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench pouch")
    parser.add_argument("--own", type=int, default=2_000)
    parser.add_argument("--others", type=int, default=5_000)
    args = parser.parse_args(argv)
    chance = random.Random(72)
    own, others = _documents(args.own, chance), _documents(args.others, chance)
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:  # the system's own may be in memory
        times = measure(own, others, Path(folder))
    if times is None:
        return 1
    node = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    size = sum(len(item.encode()) for item in own + others) // times.docs
    print(f"\nPouchDB 9 and pouchdb-server 4.2, node {node}, documents of {size} bytes")
    for way, count, took in (("push", args.own, times.push_s), ("pull", args.others, times.pull_s)):
        print(f"{way:<6}{count:>8} documents {took:8.2f} s {count / took:8.0f} a second")
    print(json.dumps({"node": node, "own": args.own, "others": args.others, "bytes": size, **times._asdict()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
