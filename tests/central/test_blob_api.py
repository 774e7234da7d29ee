"""Attachments at the platform, over real HTTP: in order, verified, by range; and nothing hostile changes a row."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from console.central.blobs import piece_of
from console.store.blobs import MAX_BYTES, PART
from tests.support_blobs import Platform, parts, running, some
from tests.support_wait import WAIT_S


class Probe:
    def __init__(self, platform: Platform) -> None:
        self.url = platform.url

    def ask(self, method: str, path: str, user: str = "u1", **more: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {user}"} if user else {}
        headers |= more.pop("headers", {})  # type: ignore[call-overload]
        return requests.request(method, self.url + path, headers=headers, timeout=WAIT_S, **more)  # type: ignore[arg-type]

    def put(self, sha256: str, offset: int, size: int, data: bytes, user: str = "u1") -> requests.Response:
        return self.ask("PUT", f"/v1/blob/{sha256}?offset={offset}&size={size}&media=video/mp4", user, data=data)

    def send(self, data: bytes, sha256: str, user: str = "u1") -> list[int]:
        answers = [self.put(sha256, n * PART, len(data), part, user) for n, part in enumerate(parts(data))]
        return [answer.status_code for answer in answers]

    def state(self, sha256: str) -> tuple[int, int, bool]:
        said = self.ask("GET", f"/v1/blob/{sha256}/state").json()
        return said["size"], said["received"], said["complete"]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with running(tmp_path_factory.mktemp("platform")) as platform:
        yield platform


@pytest.fixture
def probe(platform: Platform) -> Probe:
    return Probe(platform)


def test_parts_in_order_and_each_as_often_as_one_likes(probe: Probe, platform: Platform) -> None:
    data, sha256 = some(2 * PART + 9, 1)
    first, second, third = parts(data)
    assert probe.state(sha256) == (0, 0, False)
    early = probe.put(sha256, PART, len(data), second)
    assert (early.status_code, early.json()) == (409, {"code": "gap", "expected": 0})
    assert probe.state(sha256) == (0, 0, False)
    for _ in range(2):
        said = probe.put(sha256, 0, len(data), first)
        assert said.status_code == 200
        assert said.json() == {"size": len(data), "received": PART, "complete": False, "media": "video/mp4"}
    early = probe.put(sha256, 2 * PART, len(data), third)
    assert (early.status_code, early.json()) == (409, {"code": "gap", "expected": PART})
    assert probe.ask("GET", f"/v1/blob/{sha256}").status_code == 404
    assert probe.ask("GET", f"/v1/blob/{sha256}/part/0").status_code == 404
    assert probe.put(sha256, PART, len(data), second).status_code == 200
    for part, offset in ((third, 2 * PART), (first, 0), (third, 2 * PART)):
        said = probe.put(sha256, offset, len(data), part)
        assert said.status_code == 200 and said.json()["complete"]
    assert platform.bytes_of(sha256) == data
    assert probe.state(sha256) == (len(data), len(data), True)


def test_a_forged_hash_leaves_nothing(probe: Probe, platform: Platform) -> None:
    data, sha256 = some(PART + 9, 2)
    before = platform.rows()
    for wrong in (data[:-1] + bytes([data[-1] ^ 1]), bytes(PART + 9)):
        *_, last = parts(wrong)
        assert probe.put(sha256, 0, len(data), wrong[:PART]).status_code == 200
        answer = probe.put(sha256, PART, len(data), last)
        assert (answer.status_code, answer.json()["code"]) == (422, "blob_mismatch")
        assert platform.rows() == before
    assert probe.send(data, sha256) == [200, 200]
    assert probe.put(sha256, 0, len(data), bytes(PART)).status_code == 200  # it is there: nothing changes
    assert platform.bytes_of(sha256) == data


def test_two_devices_send_the_same_at_once(probe: Probe, platform: Platform) -> None:
    for seed in range(3, 6):
        data, sha256 = some(3 * PART + 9, seed)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda n, d=data, s=sha256: probe.send(d, s, f"u{n}"), range(4)))
        assert found == [[200] * 4] * 4
        assert platform.bytes_of(sha256) == data


def test_ranges(probe: Probe) -> None:
    data, sha256 = some(2 * PART + 9, 7)
    probe.send(data, sha256)
    way, size = f"/v1/blob/{sha256}", len(data)
    whole = probe.ask("GET", way)
    assert whole.status_code == 200 and whole.content == data
    assert whole.headers["ETag"] == f'"{sha256}"' and whole.headers["Content-Length"] == str(size)
    assert whole.headers["Content-Type"] == "video/mp4" and whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    for asked, first, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, size),
        (f"bytes={PART - 3}-{PART + 2}", PART - 3, PART + 3),
        (f"bytes={2 * PART}-{size + 99}", 2 * PART, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=-{size * 2}", 0, size),
    ):
        got = probe.ask("GET", way, headers={"Range": asked})
        assert (got.status_code, got.content == data[first:end]) == (206, True), asked
        assert got.headers["Content-Range"] == f"bytes {first}-{end - 1}/{size}"
        assert got.headers["Content-Length"] == str(end - first)
    for asked in (f"bytes={size}-", "bytes=-0", f"bytes={size + 5}-{size + 9}"):
        got = probe.ask("GET", way, headers={"Range": asked})
        assert (got.status_code, got.json()["code"]) == (416, "range")
        assert got.headers["Content-Range"] == f"bytes */{size}"
    for asked in (
        "bytes=9-5",
        "bytes=-",
        "lines=1-2",
        "bytes=0-1,4-5",
        "bytes=x-",
        "bytes=²-",
        "bytes=" + "9" * 99 + "-",
    ):
        got = probe.ask("GET", way, headers={"Range": asked.encode("latin-1").decode("latin-1")})
        assert got.status_code == 200 and got.content == data, asked
    same, other = {"If-Range": f'"{sha256}"'}, {"If-Range": '"other"'}
    assert probe.ask("GET", way, headers={"Range": "bytes=0-1", **same}).status_code == 206
    assert probe.ask("GET", way, headers={"Range": "bytes=0-1", **other}).status_code == 200
    fresh = probe.ask("GET", way, headers={"If-None-Match": f'"x", "{sha256}"'})
    assert fresh.status_code == 304 and fresh.content == b""
    got = [probe.ask("GET", f"{way}/part/{n}") for n in range(4)]
    assert [one.status_code for one in got] == [200, 200, 200, 404]
    assert b"".join(one.content for one in got[:3]) == data


def test_a_range_of_bytes() -> None:
    assert piece_of("", 10) is None
    assert piece_of("bytes=3-3", 10) == (3, 4)
    assert piece_of("bytes=10-", 10) == piece_of("bytes=-0", 10) == (10, 10)


def test_out_of_scope_is_not_there(probe: Probe) -> None:
    data, sha256 = some(9, 8)
    assert probe.send(data, sha256, "outsider") == [200]  # sending comes before what says whose it is
    for way in (f"/v1/blob/{sha256}", f"/v1/blob/{sha256}/part/0"):
        assert probe.ask("GET", way).status_code == 200
        hidden, absent = (probe.ask("GET", one, "outsider") for one in (way, way.replace(sha256, "0" * 64)))
        assert hidden.status_code == absent.status_code == 404 and hidden.json() == absent.json()


def test_hostile_requests_are_told_and_change_nothing(probe: Probe, platform: Platform) -> None:
    data, sha256 = some(2 * PART, 9)
    assert probe.put(sha256, 0, len(data), data[:PART]).status_code == 200
    before = platform.rows()
    way = f"/v1/blob/{sha256}"
    fresh = "/v1/blob/" + "a" * 64
    bad: list[tuple[str, str, bytes, int]] = [
        ("PUT", f"{way}?offset={PART}&size={len(data) + 1}", data[PART:], 422),  # another size
        ("PUT", f"{way}?offset={PART}&size={len(data)}", data[PART:-1], 422),
        ("PUT", f"{way}?offset={PART}&size={len(data)}", b"", 422),
        ("PUT", f"{way}?offset={PART}&size={len(data)}", data[PART:] + b"x", 413),
        ("PUT", f"{way}?offset={PART}&size={len(data)}", data * 2, 413),
        ("PUT", f"{way}?offset={2 * PART}&size={len(data)}", b"x", 422),
        ("PUT", f"{way}?offset={2 * PART}&size={len(data)}", b"", 422),
        ("PUT", f"{way}?offset=17&size={len(data)}", data[17:PART], 422),
        ("PUT", f"{fresh}?offset=0&size={MAX_BYTES + 1}", data[:PART], 413),
        ("PUT", f"{fresh}?offset=0&size={2**53}", data[:PART], 422),
        ("PUT", f"{fresh}?offset={2**52}&size=5", b"x", 422),
        ("PUT", f"{fresh}?offset=-1&size=5", b"x", 422),
        ("PUT", f"{fresh}?offset=0&size=0", b"", 422),
        ("PUT", f"{fresh}?offset=0&size=-5", b"x", 422),
        ("PUT", f"{fresh}?offset=0", b"x", 422),
        ("PUT", f"{fresh}?size=1", b"x", 422),
        ("PUT", f"{fresh}?offset=nan&size=1e3", b"x", 422),
        ("PUT", f"{fresh}?offset=0&size={'9' * 5000}", b"x", 422),
        ("PUT", f"{fresh}?offset=0&size=1&media=text", b"x", 422),
        ("PUT", f"{fresh}?offset=0&size=1&media=a/b%0d%0aX-Y:%20z", b"x", 422),
        ("PUT", f"{fresh}?offset=0&size=1&media=a/b%0a", b"x", 422),
        ("PUT", "/v1/blob/" + "A" * 64 + "?offset=0&size=1", b"x", 422),
        ("PUT", "/v1/blob/" + "a" * 63 + "?offset=0&size=1", b"x", 422),
        ("PUT", "/v1/blob/" + "a" * 64 + "%0a?offset=0&size=1", b"x", 422),
        ("PUT", "/v1/blob/" + "a" * 63 + "%00?offset=0&size=1", b"x", 422),
        ("PUT", "/v1/blob/%ff%fe?offset=0&size=1", b"x", 422),
        ("PUT", "/v1/blob/..%2f..%2fetc?offset=0&size=1", b"x", 404),
        ("GET", "/v1/blob/x", b"", 422),
        ("GET", "/v1/blob/x/state", b"", 422),
        ("GET", f"{way}/part/-1", b"", 422),
        ("GET", f"{way}/part/{2**31}", b"", 422),
        ("GET", f"{way}/part/x", b"", 422),
        ("GET", f"{way}/part/{2**31 - 1}", b"", 404),
        ("DELETE", way, b"", 405),
        ("POST", way, b"x", 405),
    ]
    for method, path, body, status in bad:
        answer = probe.ask(method, path, data=body)
        assert answer.status_code == status, (method, path[:120], answer.text)
        if status not in (404, 405):
            assert answer.json()["code"], path
        assert platform.rows() == before, path
    for method, path in (("PUT", f"{way}?offset={PART}&size={len(data)}"), ("GET", way), ("GET", f"{way}/state")):
        assert probe.ask(method, path, user="", data=data[PART:]).status_code == 401
    assert platform.rows() == before
    assert probe.put(sha256, PART, len(data), data[PART:]).status_code == 200
    assert platform.bytes_of(sha256) == data


def test_a_sender_that_hangs_up_half_way_changes_nothing(probe: Probe, platform: Platform) -> None:
    _, sha256 = some(PART, 10)
    before = platform.rows()
    host, port = platform.url.removeprefix("http://").split(":")
    for _ in range(3):
        with socket.create_connection((host, int(port))) as line:
            head = f"PUT /v1/blob/{sha256}?offset=0&size={PART} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer u1\r\n"
            line.sendall(f"{head}Content-Length: {PART}\r\n\r\n".encode() + bytes(1000))
    assert probe.state(sha256) == (0, 0, False) and platform.rows() == before


def test_a_restarted_platform_has_what_it_said_it_has(tmp_path: Path) -> None:
    data, sha256 = some(PART + 1, 11)
    with running(tmp_path) as platform:
        assert Probe(platform).put(sha256, 0, len(data), data[:PART]).status_code == 200
    with running(tmp_path) as platform:
        probe = Probe(platform)
        assert probe.state(sha256) == (len(data), PART, False)
        assert probe.put(sha256, PART, len(data), data[PART:]).json()["complete"]
        assert probe.ask("GET", f"/v1/blob/{sha256}").content == data
