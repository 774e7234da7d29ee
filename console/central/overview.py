"""What those who run a platform look at: its desks, how far each is, and what went wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import select

from console.central import feed
from console.central.directory import Directory
from console.central.realms import Realm
from console.domain.area import Right, lies_in, scopes_of
from console.domain.pack import Pack
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store import tables
from console.store.queries import View
from console.sync.messages import Count, Message, Name

SHOWN = 100  # refusals and breaches, the newest


class WatchRequest(Message):
    user: Name
    password: str = Field(min_length=1, max_length=200)


class WatchResponse(Message):
    token: str = Field(description="Bearer token that opens `/v1/desks` and nothing else.")
    expires_at: AwareDatetime


class Said(Message):
    """A sentence of the system."""

    code: str
    text: Label


class Scope(Message):
    """A path of the organisation tree, or an agency below one."""

    path: str
    name: Label


class DeskState(Message):
    """A desk, or another platform that passes on, as it was last heard of."""

    device: str
    user: str = Field(description="Who was signed in there last.")
    user_name: Label | None = Field(description="Null for a user that is no longer in the pack.")
    scopes: list[Scope]
    first_at: AwareDatetime
    seen_at: AwareDatetime
    cursor: Count = Field(description="How far it has taken in the feed, noted every 5 s at most.")
    lag: Count = Field(description="How much of the feed that leaves.")
    pending: int = Field(description="Operations in its outbox, as it said itself.")
    pending_since: AwareDatetime | None = Field(description="When the oldest of them was done, by the desk's clock.")
    version: int = Field(description="Of its operations.")
    error: Said | None = Field(description="What it was last turned away for; null again once it signs in.")


class RefusalState(Message):
    """An operation that the rules refused; the operator has it in the desk's inbox."""

    at: AwareDatetime
    device: str
    user: str
    operation: str
    why: Said


class BreachState(Message):
    """A log entry that did not fit its device's chain, or was not the device's to write. It was kept."""

    at: AwareDatetime
    device: str
    number: int
    entry: str


class RealmState(Message):
    realm: str
    incarnation: str
    head: Count = Field(description="Where the feed ends.")
    rate: int = Field(description="Operations taken in the last minute, of all desks.")
    desks: list[DeskState] = Field(description="Those whose scopes lie in the caller's.")
    refused: int = Field(description="How many of these desks' operations were refused in the last day.")
    refusals: list[RefusalState] = Field(description=f"The newest {SHOWN} of them.")
    breaches: list[BreachState] = Field(description=f"The newest {SHOWN} of these desks.")


class Overview(Message):
    now: AwareDatetime = Field(description="The platform's clock.")
    user: str
    user_name: Label
    version: int = Field(description="Of the platform's operations.")
    realms: list[RealmState] = Field(description="Those in which the caller may see something.")


def watched(directory: Directory, user: str, realm: str) -> list[str]:
    """The paths that a user may look at in a realm. To pass on what others did is no right to look at it."""
    return list(scopes_of((grant for grant in directory.grants(user) if grant.right is not Right.RELAY), realm))


def look(realm: Realm, directory: Directory, scopes: Sequence[str], now: datetime) -> RealmState:
    """A realm as somebody with these scopes may see it. Raises `KnownError`, see `Store`."""
    pack = directory.pack
    whole = all(_inside(path, scopes) for path in pack.areas)
    with realm.store.read() as view:
        realm.tally.read(view, now)
        head = feed.end(view)
        rows = list(view.connection.execute(select(tables.desk).order_by(tables.desk.c.device)))
        seen = [row for row in rows if row.scopes and all(_inside(path, scopes) for path in row.scopes)]
        mine = None if whole else {row.device for row in seen}
        refusals = [one for one in realm.tally.refusals if mine is None or one.device in mine]
        return RealmState(
            realm=realm.store.realm,
            incarnation=realm.incarnation,
            head=head,
            rate=realm.tally.rate,
            desks=[_desk(row, head, pack) for row in seen],
            refused=len(refusals),
            refusals=[
                RefusalState(
                    at=one.at,
                    device=one.device,
                    user=one.user,
                    operation=one.operation,
                    why=_said(one.phrase),
                )
                for one in reversed(refusals[-SHOWN:])
            ],
            breaches=_breaches(view, mine),
        )


def _inside(path: str, scopes: Sequence[str]) -> bool:
    return any(lies_in(path, scope) for scope in scopes)


def _desk(row: Any, head: int, pack: Pack) -> DeskState:
    user = pack.users.get(row.user)
    return DeskState(
        device=row.device,
        user=row.user,
        user_name=user.name if user else None,
        scopes=[Scope(path=path, name=_name(path, pack)) for path in row.scopes],
        first_at=row.first_at,
        seen_at=row.seen_at,
        cursor=row.cursor,
        lag=max(0, head - row.cursor),
        pending=row.pending,
        pending_since=row.pending_since,
        version=row.version,
        error=_said(row.error) if row.error else None,
    )


def _said(phrase: Phrase) -> Said:
    try:
        return Said(code=phrase.code, text=both(phrase))
    except (KeyError, IndexError, ValueError):  # a platform above may be newer and say what is not known here
        return Said(code=phrase.code, text=Label(phrase.code, phrase.code))


def _name(path: str, pack: Pack) -> Label:
    if area := pack.areas.get(path):
        return area.name
    return next((agency.name for agency in pack.agencies.values() if agency.path == path), Label(path, path))


def _breaches(view: View, devices: set[str] | None) -> list[BreachState]:
    table = tables.breach
    query = select(table).order_by(table.c.at.desc()).limit(SHOWN)
    if devices is not None:
        query = query.where(table.c.device.in_(sorted(devices | {feed.EVIDENCE + one for one in devices})))
    return [
        BreachState(at=row.at, device=row.device.removeprefix(feed.EVIDENCE), number=row.number, entry=row.entry)
        for row in view.connection.execute(query)
    ]
