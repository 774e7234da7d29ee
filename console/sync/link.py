"""One signed-in line to the platform: requests that either come back or say that the link is down."""

import errno
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import requests

from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.sync.link_state import Link as Link
from console.sync.link_state import LinkState as LinkState
from console.sync.messages import HEARTBEAT_S, LoginRequest, LoginResponse

log = logging.getLogger(__name__)
CONNECT_S, REPLY_S = 5.0, 20.0
SILENCE_S = 2.5 * HEARTBEAT_S  # a live stream that says nothing for so long is dead


class LinkDown(KnownError):
    """The platform did not answer. `refused`: the machine did, and nothing listens there."""

    def __init__(self, phrase: Phrase, refused: bool = False) -> None:
        super().__init__(phrase)
        self.refused = refused


class Denied(KnownError):
    """The platform does not take this sign-in. It is not tried again by itself, so as not to lock the user."""


class Introduction(Protocol):
    """How a desk introduces itself when it signs in."""

    def request(self, user: str, password: str, realm: str) -> LoginRequest: ...

    def taken(self, response: LoginResponse) -> None:
        """The platform knows it now."""
        ...

    def copied(self) -> None:
        """Another database has signed in with this device's id: take one of its own."""
        ...


class Answer(Exception):
    """The platform answered with something other than success."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class Line:
    """Shared by the client's threads; each brings its own `requests.Session`."""

    def __init__(self, base_url: str, user: str, password: str, realm: str, introduction: Introduction) -> None:
        self._introduction = introduction
        self.base_url = base_url.rstrip("/")
        self.realm = realm
        self.on_state: Callable[[LinkState], None] = lambda state: None
        self.on_login: Callable[[LoginResponse, str, str], None] = lambda response, user, password: None
        self.changed = threading.Condition()  # notified when it is worth trying again at once
        self.tries = 0  # counts those moments
        self._state = LinkState(Link.OFFLINE, datetime.now(UTC))
        self._user, self._password = user, password
        self._token: str | None = None
        self._denied: Phrase | None = None
        self._signing_in = threading.Lock()
        self._streams: set[requests.Response] = set()
        self._cut = False
        self._closed = False

    @property
    def state(self) -> LinkState:
        return self._state

    def sign_in(self, user: str, password: str) -> None:
        """Another person, or the right password now."""
        with self._signing_in:
            self._user, self._password = user, password
            self._token = self._denied = None
        self._hang_up()
        self.try_now()

    def set_cut(self, cut: bool) -> None:
        self._cut = cut
        if cut:
            self._hang_up()
            self._say(Link.OFFLINE, Phrase("link_cut"))
        else:
            self.try_now()

    def close(self) -> None:
        """Every request from now on fails at once, and so do the streams that are open."""
        self._closed = True
        self._hang_up()
        self.try_now()

    def try_now(self) -> None:
        with self.changed:
            self.tries += 1
            self.changed.notify_all()

    def hang_up(self) -> None:
        """Begin a new session: sign in again, on new connections."""
        with self._signing_in:
            self._token = None
        self._hang_up()
        self.try_now()

    def call(self, http: requests.Session, method: str, path: str, body: str | bytes | None = None) -> bytes:
        """A successful answer's content. Raises `LinkDown`, `Denied` or `Answer`."""
        for last in (False, True):
            token = self._token or self._sign_in(http)
            response = self._request(http, method, path, token, body)
            if response.status_code != 401:
                break
            with self._signing_in:
                if self._token == token:
                    self._token = None
            if last:
                raise LinkDown(Phrase("link_down"))
        return self._read(response)

    @contextmanager
    def stream(self, http: requests.Session, path: str) -> Iterator[requests.Response]:
        """An answer that goes on and on. Raises as `call` does, and `LinkDown` when it breaks."""
        token = self._token or self._sign_in(http)
        response = self._request(http, "GET", path, token, None, stream=True)
        self._streams.add(response)
        try:
            if response.status_code == 401:
                with self._signing_in:
                    if self._token == token:
                        self._token = None
            if response.status_code != 200:
                self._read(response)
            self._say(Link.ONLINE)
            if self._cut or self._closed:
                raise LinkDown(Phrase("link_cut"))
            yield response
        except (requests.RequestException, OSError, AttributeError, ValueError) as broken:
            # hanging up from another thread pulls the connection away under urllib3
            raise self._down(broken) from broken
        finally:
            self._streams.discard(response)
            response.close()

    def _request(
        self,
        http: requests.Session,
        method: str,
        path: str,
        token: str | None,
        body: str | bytes | None,
        stream: bool = False,
    ) -> requests.Response:
        if self._cut or self._closed:
            raise LinkDown(Phrase("link_cut" if self._cut else "link_down"))
        headers = {"Content-Type": "application/octet-stream" if isinstance(body, bytes) else "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            response = http.request(
                method,
                self.base_url + path,
                headers=headers,
                data=body.encode() if isinstance(body, str) else body,
                timeout=(CONNECT_S, SILENCE_S if stream else REPLY_S),
                stream=stream,
                allow_redirects=False,
            )
        except requests.RequestException as broken:
            raise self._down(broken) from broken
        if self._cut:  # the cable went out while the answer was on its way
            raise LinkDown(Phrase("link_cut"))
        return response

    def _read(self, response: requests.Response) -> bytes:
        if response.status_code >= 500 or response.status_code == 401:
            raise self._down(Answer(response.status_code, {}))
        try:
            content = response.content
        except requests.RequestException as broken:
            raise self._down(broken) from broken
        if response.status_code not in (200, 201, 204, 206):
            try:
                body = json.loads(content)
            except ValueError as broken:  # some proxy's page
                raise self._down(broken) from broken
            raise Answer(response.status_code, body if isinstance(body, dict) else {})
        self._say(Link.ONLINE)
        return content

    def _sign_in(self, http: requests.Session) -> str:
        with self._signing_in:
            if self._token:
                return self._token
            if self._denied:
                raise Denied(self._denied)
            user, password = self._user, self._password
            try:
                login, offset_s = self._log_in(http, user, password)
            except Answer as answer:
                phrase = Phrase(str(answer.body.get("code", "login_wrong")), answer.body.get("args", {}))
                self._denied = phrase
                self._say(Link.DENIED, phrase)
                raise Denied(phrase) from answer
            self._introduction.taken(login)
            self._say(Link.ONLINE, offset_s=offset_s)
            self._token = login.token
        self.on_login(login, user, password)
        return login.token

    def _log_in(self, http: requests.Session, user: str, password: str) -> tuple[LoginResponse, float]:
        """The platform's answer, and its clock minus ours in seconds. Raises `LinkDown` or `Answer`."""
        for last in (False, True):
            request = self._introduction.request(user, password, self.realm)
            asked = datetime.now(UTC)
            response = self._request(http, "POST", "/v1/login", None, request.model_dump_json())
            try:
                login = LoginResponse.model_validate_json(self._read(response))
            except Answer as answer:
                if last or answer.body.get("code") != "copied":
                    raise
                self._introduction.copied()
                continue
            middle = asked + (datetime.now(UTC) - asked) / 2
            return login, (login.now - middle).total_seconds()
        raise AssertionError

    def _down(self, cause: Exception) -> LinkDown:
        refused = os.strerror(errno.ECONNREFUSED) in str(cause)
        if not self._closed:
            log.info("link down: %s", cause)
            self._say(Link.OFFLINE, Phrase("link_cut" if self._cut else "link_down"))
        return LinkDown(Phrase("link_down"), refused)

    def _say(self, link: Link, detail: Phrase | None = None, offset_s: float | None = None) -> None:
        if self._cut and link is Link.ONLINE:
            return
        before = self._state
        offset = before.offset_s if offset_s is None else offset_s
        if (before.link, before.detail, before.offset_s) == (link, detail, offset):
            return
        same = before.link is link
        self._state = LinkState(link, before.since if same else datetime.now(UTC), detail, offset)
        self.on_state(self._state)
        if link is Link.ONLINE and not same:
            self.try_now()

    def _hang_up(self) -> None:
        for response in list(self._streams):
            shutdown = getattr(response.raw, "shutdown", None)
            if shutdown:
                try:
                    shutdown()  # wakes the thread that reads it
                except (OSError, RuntimeError, ValueError, AttributeError) as gone:
                    log.debug("stream was gone already: %s", gone)
