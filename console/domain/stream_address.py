"""Addresses of streams: which of them a player can open, and how they are shown without what is secret in them."""

import re
from urllib.parse import quote

from console.domain.words import Label, Phrase

SCHEMES = ("rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "udp")
SIMULATED = "sim"  # drawn by the simulated town; its desk turns it into http

_HOST = re.compile(r"\[[0-9a-fA-F:.%]+\]|[^\s\[\]:,;<>\"'\\^`{|}]+")
_LOGIN = re.compile(r"://[^'\"\n]*@")  # rather too much than a password with a space in it
_SECRET = re.compile(r"([?&](?:pass\w*|pwd|token|access_token|secret|key|sign\w*|auth\w*)=)[^&\s'\"]+", re.IGNORECASE)


def tidy(url: str) -> str:
    """The address with its scheme in small letters, which is how players look for it."""
    scheme, mark, rest = url.strip().partition("://")
    return scheme.lower() + mark + rest


def without_secrets(text: str) -> str:
    """A text with the user and password of every address in it, and secrets in its query, made unreadable."""
    return _SECRET.sub(r"\1***", _LOGIN.sub("://***@", text))


def address_fault(url: str) -> Phrase | None:
    """Why no player opens a `tidy` address, or None. The address itself is not in it: any part may be a password."""
    scheme, mark, rest = url.partition("://")
    schemes = ", ".join(f"{one}://" for one in SCHEMES)
    if not mark:
        return Phrase("address_bare", {"schemes": schemes})
    if scheme not in (*SCHEMES, SIMULATED):
        return Phrase("address_scheme", {"scheme": scheme, "schemes": schemes})
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if sign := _unescaped(rest, authority):
        name = Label("空格", "a space") if sign.isspace() else sign
        return Phrase("address_sign", {"sign": name, "escaped": quote(sign, safe="")})
    host, port = _split(authority.rpartition("@")[2])
    if not _HOST.fullmatch(host):
        return Phrase("address_host")
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return Phrase("address_port")
    return None


def _split(place: str) -> tuple[str, str]:
    """Host and port."""
    if place.startswith("["):
        host, bracket, port = place.partition("]")
        return host + bracket, port.removeprefix(":")
    host, _, port = place.partition(":")
    return host, port


def _unescaped(rest: str, authority: str) -> str:
    """The sign in `rest`, all behind the scheme, that has to be written as a percent code; empty when none is.

    A `#`, `?` or `/` in a password ends the host for every player: what is then read as host and port is none.
    """
    if white := re.search(r"[\s\x00-\x1f]", rest):
        return white.group()
    if "#" in rest:
        return "#"
    behind = rest[len(authority) :]
    if "@" in behind and "@" not in authority:
        port = _split(authority)[1]
        if (port and not port.isdigit()) or behind.startswith("?"):
            return behind[0]
    return ""
