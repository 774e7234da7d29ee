"""Many light clients of a platform in one process: each holds `/v1/live` open and pulls when it is told.

Run by `yiping bench sync-live`. They keep the rows they were given, try again by the desk's own rules
(`console.sync.pace`, and poll as the desk does), and speak HTTP by hand: the platform is measured, not they.
Commands come as lines of JSON on stdin, answers go to stdout.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from console.sync.client import POLL_S
from console.sync.link import CONNECT_S, REPLY_S, SILENCE_S
from console.sync.pace import LONGEST_S, wait_s

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Broken = (OSError, EOFError, TimeoutError, ValueError)


class Light:
    """One device of one user."""

    def __init__(self, url: str, device: str, user: str, password: str) -> None:
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.device, self.user, self.password = device, user, password
        self.token = ""
        self.cursor = 0
        self.rows: dict[str, str | None] = {}  # "table/id": the row's text
        self.up_at: float | None = None  # since when the live stream is up
        self.wake, self.again = asyncio.Event(), asyncio.Event()

    async def sign_in(self) -> None:
        nonce = f"{self.device}-1"
        body = {"user": self.user, "password": self.password, "realm": "live", "device": self.device}
        streams = await self._connect()
        answer = await self._ask(streams, "POST", "/v1/login", {**body, "nonce": nonce, "next_nonce": nonce})
        self.token = json.loads(answer)["token"]
        streams[1].close()

    async def live(self) -> None:
        failures = 0
        while True:
            refused, began = False, time.monotonic()
            try:
                await self._listen()
            except Broken as error:
                refused = isinstance(error, ConnectionRefusedError)
            failures = failures + 1 if time.monotonic() < began + LONGEST_S else 1
            self.up_at = None
            await asyncio.sleep(wait_s(failures, refused))

    async def _listen(self) -> None:
        reader, writer = await self._connect()
        try:
            await self._send(writer, "GET", "/v1/live", None)
            while line := await asyncio.wait_for(reader.readline(), SILENCE_S):
                if line.startswith(b"data:"):
                    if self.up_at is None:
                        self.up_at = time.monotonic()
                        self.again.set()
                    self.wake.set()
        finally:
            writer.close()

    async def follow(self) -> None:
        failures, streams = 0, None
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), POLL_S)
            self.wake.clear()
            try:
                if streams and streams[0].at_eof():  # the platform closes those that idle
                    streams[1].close()
                    streams = None
                streams = streams or await self._connect()
                while await self._pull(streams):
                    pass
                failures = 0
            except Broken as error:
                if streams:
                    streams[1].close()
                failures, streams = failures + 1, None
                self.wake.set()
                self.again.clear()
                with suppress(TimeoutError):  # or until the link is up again
                    await asyncio.wait_for(
                        self.again.wait(), wait_s(failures, isinstance(error, ConnectionRefusedError))
                    )

    async def _pull(self, streams: Streams) -> bool:
        page = json.loads(await self._ask(streams, "GET", f"/v1/pull?cursor={self.cursor}&limit=2000&pending=0", None))
        for row in page["rows"]:
            self.rows[f"{row['table']}/{row['id']}"] = row["row"]
        self.cursor = page["cursor"]
        return bool(page["cursor"] < page["head"])

    async def _connect(self) -> Streams:
        return await asyncio.wait_for(asyncio.open_connection(self.host, self.port), CONNECT_S)

    async def _send(self, writer: asyncio.StreamWriter, method: str, path: str, body: Any) -> None:
        content = json.dumps(body).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: platform\r\nAuthorization: Bearer {self.token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()

    async def _ask(self, streams: Streams, method: str, path: str, body: Any) -> bytes:
        reader, writer = streams
        await self._send(writer, method, path, body)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), REPLY_S)
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        content = await asyncio.wait_for(reader.readexactly(length), REPLY_S)
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head)
        return content


async def _answer(clients: list[Light], command: dict[str, Any]) -> Any:
    match command["do"]:
        case "up":  # how many streams are up, and since when
            return [client.up_at for client in clients if client.up_at]
        case "lack":  # rows that should be there by now and are not, over all clients
            rows = command["rows"].items()
            return sum(client.rows.get(key) != row for client in clients for key, row in rows)


async def main(url: str, count: int, users: list[str], password: str) -> None:
    clients = [Light(url, f"light-{n}", users[n % len(users)], password) for n in range(count)]
    for at in range(0, count, 10):
        await asyncio.gather(*(client.sign_in() for client in clients[at : at + 10]))
    tasks = [asyncio.create_task(step) for client in clients for step in (client.live(), client.follow())]
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await _answer(clients, json.loads(line))), flush=True)
        if broken := [task for task in tasks if task.done()]:
            broken[0].result()


if __name__ == "__main__":
    url, count, password, *users = sys.argv[1:]
    asyncio.run(main(url, int(count), users, password))
