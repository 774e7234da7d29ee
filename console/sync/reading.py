"""A row of the open door, read: what it says, or why it cannot be read; and what is said of it in the answer."""

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from console.domain.errors import Refused
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.sync.intake import MAX_PICTURE, CallRow, Kind, Remark

T = TypeVar("T", bound=BaseModel)
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def read(kind: type[T], raw: Any) -> T:
    """Raises `Refused` with where it is wrong. What was sent is not repeated."""
    try:
        return kind.model_validate(raw)
    except ValidationError as wrong:
        raise Refused(Phrase("intake_row", {"where": _where(wrong)})) from None


def _where(wrong: ValidationError) -> str:
    errors = wrong.errors(include_url=False, include_context=False, include_input=False)[:3]
    text = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}".strip(": ") for error in errors)
    return text.encode("ascii", "replace").decode()[:300]


def as_far_as_read(raw: Any) -> tuple[CallRow, set[str]]:
    """A call is never thrown away for a part of it: what cannot be read stands in its text; the names of those parts.

    Raises `Refused` for one without an id.
    """
    try:
        return CallRow.model_validate(raw), set()
    except ValidationError as wrong:
        unread = {str(error["loc"][0]) for error in wrong.errors() if error["loc"]}
        if not isinstance(raw, dict) or not unread or "id" in unread:
            raise Refused(Phrase("intake_row", {"where": _where(wrong)})) from None
    rest = {key: value for key, value in raw.items() if key not in unread}
    text = rest.get("text", "")
    for key in sorted(unread):
        said = raw[key] if isinstance(raw[key], str) else json.dumps(raw[key], ensure_ascii=False)
        text += f"\n[{key}: {said}]" if key != "text" else f"\n{said}"
    text = "".join(letter for letter in text if letter.isprintable() or letter == "\n").strip()
    rest["text"] = text.encode("utf-8", "replace").decode()[:4000]
    return read(CallRow, rest), unread


def picture_in(text: str) -> tuple[bytes, str]:
    """Its bytes and media type. Raises `Refused`."""
    data = b""
    if len(text) <= MAX_PICTURE * 4 // 3 + 4:
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            data = b""
    media = next((media for magic, media in PICTURES.items() if data.startswith(magic)), "")
    if not media or len(data) > MAX_PICTURE:
        raise Refused(Phrase("intake_picture"))
    return data, media


def typed(text: str | None) -> Label | None:
    return Label(text, text) if text else None


def clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def hash_of(raw: Any) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()


def remark(kind: Kind, index: int, raw: Any, phrase: Phrase) -> Remark:
    id = raw.id if isinstance(raw, BaseModel) else raw.get("id") if isinstance(raw, dict) else None  # type: ignore[attr-defined]
    named = id[:100] if isinstance(id, str) and id.isprintable() else None
    return Remark(kind=kind, index=index, id=named, code=phrase.code, text=both(phrase))
