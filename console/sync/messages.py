"""What desk and platform say to each other. Unknown fields are refused on both sides."""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

from console.domain.agency import Position
from console.domain.operation import Lane
from console.domain.words import Phrase
from console.store.keepable import checked

MAX_OPERATIONS = 200  # in one push
MAX_PUSH_BYTES = 512 * 1024
MAX_BODY_BYTES = 2 * 1024 * 1024  # of any request
HEARTBEAT_S = 15

PLAIN = r"^[^\x00-\x1f\x7f]+$"  # no control characters: a database refuses NUL, a log line breaks at the others
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN)]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=PLAIN)]
Realm = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
PAIR = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}  # as every tool reads it
Count = Annotated[int, Field(ge=0, lt=2**53)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Sent(Message):
    """One operation on its way.

    `args`, `actor` and `entries` are plain JSON here and read one by one by the platform, so that one it
    cannot read is refused by itself and never holds up the others.
    """

    id: Id = Field(description="UUIDv7, minted when it was performed.")
    lane: Lane
    n: int = Field(ge=1, lt=2**53, description="Contiguous per client and lane, from 1.")
    name: Name = Field(description='Which operation, for example "incident.dispatch".')
    args: dict[str, Any]
    actor: dict[str, Any] = Field(description="Who did it, and when by the device's clock.")
    realm: Realm
    version: int = Field(default=1, ge=0, lt=1000, description="Of its arguments.")
    device: Id | None = Field(default=None, description="Whose log its entries are of, when not the client's own.")
    entries: list[dict[str, Any]] = Field(description="Log entries, sealed into the device's chain.")
    hash: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the canonical JSON of the others.")


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: object) -> str:
    """JSON of which there is only one: sorted keys, no spaces, UTF-8. Raises `ValueError` for NaN."""
    return _CANONICAL.encode(value)


def fingerprint(fields: dict[str, Any]) -> str:
    """The hash of an operation as it is sent. Raises `ValueError` for what JSON or UTF-8 cannot hold."""
    told = {key: value for key, value in fields.items() if key != "hash"}
    if told.get("version") == 1:  # as the first version, which did not say so, was hashed
        del told["version"]
    if told.get("device") is None:
        told.pop("device", None)
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def sealed(fields: dict[str, Any]) -> str:
    """The canonical JSON of an operation of this version with its `fingerprint`."""
    if fields.get("device") is None:
        return canonical({**fields, "hash": fingerprint(fields)})
    text = canonical(fields)
    hash = hashlib.sha256(text.encode()).hexdigest()
    # It goes where it belongs in text that is written once: before the id, which is followed by plain words only.
    before, id, after = text.rpartition(',"id":')
    return f'{before},"hash":"{hash}"{id}{after}'


class PushRequest(Message):
    operations: list[Sent] = Field(
        min_length=1, max_length=MAX_OPERATIONS, description="Of one lane, in order of n without gaps."
    )
    oldest: int = Field(default=1, ge=1, lt=2**53, description="The oldest n of the lane that the client still holds.")


class Outcome(Message):
    """What became of an operation. A refusal advances the queue like anything else."""

    lane: Lane
    n: int
    id: str
    refusal: Phrase | None = None


class PushResponse(Message):
    outcomes: list[Outcome]


class Gap(Message):
    """409: operations before these are missing."""

    code: Literal["gap"] = "gap"
    expected: int = Field(description="The n to go on from.")


class Changed(Message):
    """422: the platform took another operation under the same number."""

    code: Literal["changed"] = "changed"
    n: int


class Problem(Message):
    """What went wrong, as a code with arguments and in English."""

    code: str
    args: dict[str, str | int | float] = {}
    text: str = ""


class FeedRow(Message):
    """A row as it is now; `row` is null when it is gone."""

    table: str
    id: str
    row: str | None = Field(description="The row as JSON text, byte for byte as it is hashed.")
    sequence: Count = Field(default=0, description="Of a camera: where in the feed it became so.")
    bucket: str | None = Field(
        default=None, description="With `places`, of a reading or a log entry: a path where it is seen."
    )


class Page(Message):
    """A piece of the feed. It ends where an operation ends."""

    incarnation: str = Field(description="Changes when the platform was restored or made anew.")
    after: Count = Field(description="The cursor that was asked with.")
    cursor: Count = Field(description="The cursor to ask with next.")
    head: Count = Field(description="Where the feed ends now.")
    floor: Count = Field(
        description="Up to here the feed no longer tells what is gone. To be named while pulling from 0."
    )
    rows: list[FeedRow]
    device: Id = Field(description="The asking client: `settled`, `last` and `refused` are about its operations.")
    settled: dict[Lane, int] = Field(description="The highest n of a lane that this page includes.")
    last: dict[Lane, Id] = Field(
        description="The ids of those. A client that did something else under that number is a copy of another."
    )
    refused: list[Outcome] = Field(description="Those of the asking client's that were refused.")
    scopes: list[str] = Field(description="The paths whose rows the caller sees.")
    version: int = Field(description="Of the rows.")


class Check(Message):
    """What the caller's buckets hold at a cursor: to be compared with its own rows."""

    cursor: Count
    version: int
    buckets: dict[str, Annotated[tuple[int, int], WithJsonSchema(PAIR)]] | None = Field(
        description="Per path, how many rows, and the sum of their hashes modulo 2**63. "
        "A row's hash is the first eight bytes, big-endian, of SHA-256 over table, NUL, id, NUL, row; readings do "
        "not count. Null when the cursor is too old to tell."
    )


class LoginRequest(Message):
    user: Name
    password: str = Field(min_length=1, max_length=200)
    realm: Realm
    device: Id = Field(description="The id of the desk's database: its log's device, its outbox's client.")
    nonce: Id | None = Field(
        default=None, description="The one of the sign-in before; anything the first time. Version 1 had none."
    )
    next_nonce: Id | None = Field(
        default=None, description="What to ask for the next time. Kept by the client before it asks."
    )
    was: Id | None = Field(default=None, description="The device that this one is a copy of.")
    version: int = Field(default=1, ge=1, lt=1000, description="Of the client's operations.")


class LoginResponse(Message):
    """A client of version 1 is told the first four only: it takes no others."""

    token: str = Field(description="Bearer token for this user, device and realm.")
    expires_at: AwareDatetime
    incarnation: str
    now: AwareDatetime = Field(description="The platform's clock.")
    scopes: list[str] = Field(default=[], description="The paths whose rows the caller sees.")
    version: int = Field(default=1, description="Of the platform's operations and rows.")
    oldest: int = Field(default=1, description="The oldest version of operations that it takes.")


class Copied(Message):
    """409: another database with this device's id has signed in since. This one needs an id of its own."""

    code: Literal["copied"] = "copied"


class Gone(Message):
    """410: the feed before this cursor is no longer kept. Begin anew from 0."""

    code: Literal["gone"] = "gone"


class Positions(Message):
    """The latest of each unit."""

    positions: list[Annotated[Position, AfterValidator(checked)]] = Field(max_length=5000)


class Live(Message):
    """There is something to fetch; nothing is lost when it is missed."""

    head: Count
    positions: Count = Field(description="Changes when a unit has moved.")


class LaneAudit(Message):
    client: str
    lane: Lane
    last_n: int = Field(description="The highest n processed.")
    operations: int = Field(description="Operations recorded.")
    distinct: int = Field(description="Distinct ids among them.")


class Audit(Message):
    lanes: list[LaneAudit]
    doubled: int = Field(description="Operations recorded more than once, over all clients.")
    breaches: int = Field(description="Log entries that did not fit their device's chain.")
    held: dict[str, int] = Field(description="How often each operation of the asking client is held, by its id.")
