"""`yiping bench bootstrap`: a city's 1.17 million cameras from the platform to an encrypted desk, with its indexes.

A platform process serves the catalogue over loopback HTTP; a desk process signs in as one who sees the whole city
and loads it, is killed with SIGKILL half-way, and another goes on. Cameras are made up
from a seed; publishing them is not counted. Goal: <= 120 s on 2 cores.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

KEY = bytes(range(32))
CITY = "chengdu"  # of the pack for tests; its user "city" commands it
AREAS, TOWNS = 600, 33
PLACES = re.findall(
    "..",
    "立沙厚街珊美沿江虎门长安莞太环城松山银河康乐体育港口河田宝屯新围白濠双岗涌口溪头寮厦重阳"
    "行政石角大岭水濂莲花同沙桥头陈屋赤岭三屯南环西平鸿福东泰金丰下汴凤山龙眼",
)
ROADS = ["路", "大道", "街", "一巷", "二巷", "村", "桥", "工业区"]
SPOTS = ["路口", "河涌", "广场", "学校门口", "市场", "小区北门", "公交站", "加油站", "水闸", "泵站", "隧道口", "停车场"]
KINDS = ["road", "river_gauge", "square", "gate"]


def _cameras(count: int) -> Iterator[Any]:
    """Named, numbered (GB/T 28181) and placed as a city's are."""
    from console.domain.camera import Camera
    from console.domain.place import Point
    from console.domain.words import Label

    dice = random.Random(20261122)
    for n in range(count):
        area = n % AREAS
        town = area % TOWNS
        west, south = 113.52 + (area % 25) * 0.028, 22.66 + (area // 25) * 0.021
        name = dice.choice(PLACES) + dice.choice(PLACES) + dice.choice(ROADS) + dice.choice(SPOTS)
        name += f"{dice.randrange(1, 60)}号{dice.choice(('球机', '枪机', '云台'))}"
        id = f"4419{town:02d}{area // TOWNS:02d}001310{n:06d}"[-20:]
        yield Camera(
            id,
            Label(name, name),
            dice.choice(KINDS),
            Point(round(west + dice.random() * 0.03, 6), round(south + dice.random() * 0.022, 6)),
            f"rtsp://10.{town}.{area // TOWNS}.{n % 251}:554/{id}/1",
            f"rtsp://10.{town}.{area // TOWNS}.{n % 251}:554/{id}/2",
            f"{CITY}/t{town:02d}/v{area:03d}",
        )


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def _serve(folder: Path) -> None:
    """The platform, which says its port."""
    from console.central.server import serve
    from tests.support_pack import make_pack

    serve(folder, make_pack(), port=0)


def _load(folder: Path, url: str) -> None:
    """The desk, without a window."""
    import requests

    from console.store import catalogue
    from console.store.store import Store
    from console.sync.catalogue import Progress, load
    from console.sync.handshake import Handshake
    from console.sync.link import Line
    from tests.support_pack import PASSWORD

    began = time.monotonic()
    pool = ThreadPoolExecutor(1)
    store = pool.submit(Store.open, folder / "desk.db", KEY).result()
    http = requests.Session()
    http.trust_env = False
    fetched, held, all_in = 0, 0.0, 0.0

    def ask(fn: Callable[[Store], Any], /) -> Any:
        def run() -> tuple[Any, float]:
            start = time.monotonic()
            answer = fn(store)
            return answer, time.monotonic() - start

        nonlocal held
        answer, seconds = pool.submit(run).result()
        held = max(held, seconds)
        return answer

    line = Line(url, "city", PASSWORD, "live", Handshake(ask))

    def fetch(path: str) -> bytes:
        nonlocal fetched
        content = line.call(http, "GET", path)
        fetched += len(content)
        return content

    def tell(progress: Progress) -> None:
        nonlocal all_in
        if progress.rows == progress.total and not all_in:
            all_in = time.monotonic()
        _say(rows=progress.rows, own=progress.own, bytes=fetched, held_s=held, at=time.monotonic())

    load(ask, fetch, area=f"{CITY}/t07/v040", progress=tell)
    done = time.monotonic()
    from console.domain.place import Point

    asked: dict[str, Callable[[Any], Any]] = {
        "find_substring_ms": lambda view: catalogue.find_cameras(view, "立沙", 50),
        "find_initials_ms": lambda view: catalogue.find_cameras(view, "cyl", 50),
        "find_rare_ms": lambda view: catalogue.find_cameras(view, "重阳立沙桥 水闸", 50),
        "near_ms": lambda view: catalogue.cameras_near(view, Point(113.67, 22.91), 50),
    }
    took = {}
    with store.read() as view:
        rows = catalogue.count(view)
        for name, question in asked.items():
            start = time.monotonic()
            question(view)
            took[name] = round((time.monotonic() - start) * 1000, 1)
        assert catalogue.searchable(view)
    store.close()
    size = (folder / "desk.db").stat().st_size
    _say(done=True, count=rows, index_s=done - all_in, load_s=all_in - began, database=size, **took)


def _child(*arguments: str) -> "subprocess.Popen[str]":
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, str(Path(__file__)), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )


def _told(child: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    assert child.stdout
    for line in child.stdout:
        if line.endswith("}\n"):
            yield json.loads(line)


def _measure(folder: Path, url: str, half: int) -> dict[str, Any]:
    """Load, kill half-way, load on: what the desk said, in one."""
    began = time.monotonic()
    result: dict[str, Any] = {"resumed": False, "bytes": 0, "longest_hold_ms": 0.0}
    for turn in range(2):
        child, fetched = _child("--child", "load", "--folder", str(folder), "--url", url), 0
        for said in _told(child):
            if said.get("done"):
                result |= said
                continue
            fetched = said["bytes"]
            result["longest_hold_ms"] = max(result["longest_hold_ms"], round(said["held_s"] * 1000))
            if said["own"] and "first_area_s" not in result:
                result["first_area_s"] = said["at"] - began
            if turn == 0 and said["rows"] >= half:
                child.send_signal(signal.SIGKILL)
                result["killed_at"] = said["rows"]
                break
            if turn == 1 and "resumed_at" not in result:
                result |= {"resumed_at": said["rows"], "resumed": said["rows"] >= result["killed_at"]}
        child.wait()
        result["bytes"] += fetched
    result["seconds"] = time.monotonic() - began
    return result


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench bootstrap")
    parser.add_argument("--rows", type=int, default=1_170_000)
    parser.add_argument("--child", choices=["serve", "load"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child == "serve":
        _serve(args.folder)
        return 0
    if args.child == "load":
        _load(args.folder, args.url)
        return 0
    from console.central.catalogue import number, publish
    from console.central.realms import Realms

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.monotonic()
        realms = Realms(folder)
        live = realms.get("live", create=True)
        assert live is not None
        manifest = publish(live.store, _cameras(args.rows), number(live.store))
        realms.close()
        published_s = time.monotonic() - began
        server = _child("--child", "serve", "--folder", name)
        try:
            url = f"http://127.0.0.1:{next(_told(server))['port']}"
            found = _measure(folder, url, args.rows // 2)
        finally:
            server.kill()
            server.wait()
    right = found.get("count") == manifest.rows == args.rows and found["resumed"]
    result = {"rows": found.get("count", 0), "seconds": round(found["seconds"], 1), "resumed": found["resumed"]}
    for key in ("first_area_s", "index_s"):
        result[key] = round(found.get(key, 0.0), 2)
    for key in ("bytes", "database", "longest_hold_ms", "killed_at", "resumed_at"):
        result[key] = found.get(key)
    result |= {key: value for key, value in found.items() if key.endswith("_ms")}
    result |= {"parts": len(manifest.parts), "published_s": round(published_s, 1)}
    for key, value in result.items():
        print(f"{key:24} {value}")
    print(json.dumps(result))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
