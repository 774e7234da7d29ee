"""Sends the platform a file of cameras: signs in once, as no desk that comes back."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from console.domain.errors import KnownError
from console.domain.operations import VERSION
from console.domain.words import Phrase
from console.sync.link import CONNECT_S, LinkDown
from console.sync.messages import LoginRequest, LoginResponse
from console.sync.parts import Imported

PUBLISH_S = 3600.0
PAST_ALL = 2**53 - 1  # a cursor for which nothing needs to be kept


def send_cameras(url: str, user: str, password: str, file: Path, realm: str = "live") -> Imported:
    """Make a CSV file the platform's catalogue. Returns when it is published: minutes for a million.

    Raises `KnownError`: what signing in raises, not_allowed, import_refused; `LinkDown`; `OSError` for the file.
    """
    once = secrets.token_hex(8)
    login = LoginRequest(
        user=user, password=password, realm=realm, device=once, nonce=once, next_nonce=once, version=VERSION
    )
    with requests.Session() as http, file.open("rb") as data:
        http.trust_env = False
        said = _ask(http, "POST", f"{url}/v1/login", login.model_dump_json().encode())
        http.headers["Authorization"] = f"Bearer {LoginResponse.model_validate_json(said).token}"
        _ask(http, "GET", f"{url}/v1/pull?cursor={PAST_ALL}&limit=1")
        return Imported.model_validate_json(_ask(http, "PUT", f"{url}/v1/catalogue", data))


def _ask(http: requests.Session, method: str, url: str, body: Any = None) -> bytes:
    headers = {"Content-Type": "application/json" if isinstance(body, bytes) else "text/csv"}
    try:
        answer = http.request(method, url, data=body, headers=headers, timeout=(CONNECT_S, PUBLISH_S))
        if answer.status_code == 200:
            return answer.content
        told = answer.json()
    except (requests.RequestException, ValueError) as broken:
        raise LinkDown(Phrase("link_down")) from broken
    code = told.get("code", "") if isinstance(told, Mapping) else ""
    if str(code).startswith("login_"):
        raise KnownError(Phrase(code, told.get("args", {})))
    if code == "not_allowed":
        raise KnownError(Phrase("not_allowed", {"name": "camera.import"}))
    text = str(told.get("text", "")) if isinstance(told, Mapping) else ""
    raise KnownError(Phrase("import_refused", {"text": text or str(answer.status_code)}))
