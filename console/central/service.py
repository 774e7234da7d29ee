"""What the platform does, request by request, whatever carries the requests: the API's routes, or a simulation."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel
from sqlalchemy import select, update

from console.central import auth, feed, push
from console.central.audit import audit
from console.central.auth import Caller, Doorkeeper
from console.central.directory import Directory
from console.central.push import Sender
from console.central.realms import Realm, Realms
from console.central.relay import Relay, forward
from console.domain.area import Right, visible
from console.domain.errors import KnownError
from console.domain.operations import OLDEST, VERSION
from console.domain.phrases import say
from console.domain.words import Phrase
from console.store import tables
from console.store.queries import View
from console.sync.messages import (
    Audit,
    Changed,
    Check,
    Copied,
    Gap,
    Gone,
    LoginRequest,
    LoginResponse,
    Outcome,
    Page,
    Positions,
    Problem,
    PushRequest,
    PushResponse,
)

log = logging.getLogger(__name__)
NOTED_EVERY_S = 5.0  # where a desk is, is written down at most so often


class AnswerError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: BaseModel) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


def problem(status: int, code: str, text: str = "", args: dict[str, str | int | float] | None = None) -> AnswerError:
    return AnswerError(status, Problem(code=code, args=args or {}, text=text))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a desk says about itself when it pulls."""

    pending: int
    since: datetime | None


class Service:
    """The platform over its realms, for the users of a directory."""

    def __init__(self, realms: Realms, directory: Directory, relay: Relay | None = None) -> None:
        self.realms, self.directory, self.relay = realms, directory, relay
        self._door: Doorkeeper | None = None
        self._noted: dict[tuple[str, str], tuple[float, int]] = {}

    def login(self, request: LoginRequest) -> LoginResponse:
        """Sign a user in on a device, for one realm."""
        try:
            self._doorkeeper().check(request.user, request.password)
            scopes = self.directory.scopes(request.user, request.realm)
            if not scopes:
                raise KnownError(Phrase("login_no_scope", {"realm": request.realm}))
        except KnownError as error:
            phrase = error.phrase
            if not phrase.code.startswith("login_"):
                raise  # the database is away, say: that is not the user's fault
            log.warning("sign-in refused", extra={"user": request.user, "device": request.device, "why": phrase.code})
            status = 429 if phrase.code == "login_locked" else 403
            args = {key: value for key, value in phrase.args.items() if isinstance(value, str | int | float)}
            raise problem(status, phrase.code, say(phrase, "en"), args) from None
        realm = self.realms.get(request.realm, create=True)
        assert realm is not None  # the request's pattern is narrower than ours
        if self.relay is not None:
            self.relay.open(realm)
        try:
            token, expires_at = auth.sign_in(realm.store, realm.incarnation, request, scopes)
        except auth.CopiedError:
            log.warning("a copied desk", extra={"user": request.user, "device": request.device})
            raise AnswerError(409, Copied()) from None
        return LoginResponse(
            token=token,
            expires_at=expires_at,
            incarnation=realm.incarnation,
            now=datetime.now(UTC),
            scopes=scopes,
            version=VERSION,
            oldest=OLDEST,
        )

    def start(self) -> None:
        """What goes on without anyone asking."""
        if self.relay is not None:
            live = self.realms.get("live", create=True)
            assert live is not None
            self.relay.open(live)

    def close(self) -> None:
        if self.relay is not None:
            self.relay.close()
        self.realms.close()

    def _doorkeeper(self) -> Doorkeeper:
        """Wrong passwords are counted in the live realm, whatever realm was asked for."""
        if self._door is None:
            live = self.realms.get("live", create=True)
            assert live is not None
            self._door = Doorkeeper(self.directory, live.store)
        return self._door

    def caller(self, token: str) -> tuple[Caller, Realm]:
        """Whose token it is. Raises `AnswerError` 401."""
        realm = self.realms.get(auth.realm_of(token))
        who = auth.whose(realm.store, token) if realm else None
        if realm is None or who is None:
            raise problem(401, "sign_in", "Sign in again.")
        return who, realm

    def scopes(self, who: Caller) -> list[str]:
        """The paths whose rows the caller sees now."""
        return self.directory.scopes(who.user, who.realm)

    def push(self, who: Caller, realm: Realm, request: PushRequest) -> PushResponse:
        """Take operations of one lane, each exactly once."""
        operations = request.operations
        lanes = {sent.lane for sent in operations}
        first = operations[0].n
        if len(lanes) > 1 or [s.n for s in operations] != list(range(first, first + len(operations))):
            raise problem(422, "malformed", "Operations are of one lane, in order of n without gaps.")
        directory = self.directory
        sender = Sender(
            who.device, who.user, who.realm, lambda user: directory.grants_in(user, who.realm), directory.areas
        )
        try:
            way_up = None if self.relay is None else forward
            outcomes: list[Outcome] = push.take(realm.store, sender, request, way_up)
        except push.GapError as gap:
            raise AnswerError(409, Gap(expected=gap.expected)) from None
        except push.ChangedError as changed:
            log.warning("another operation under the same number", extra={"device": who.device, "n": changed.n})
            raise AnswerError(422, Changed(n=changed.n)) from None
        realm.tell()
        if self.relay is not None:
            self.relay.wake(who.realm)
        return PushResponse(outcomes=outcomes)

    def pull(
        self,
        who: Caller,
        realm: Realm,
        cursor: int,
        limit: int,
        *,
        bucket: str | None = None,
        until: int | None = None,
        waiting: Waiting | None = None,
    ) -> Page:
        """What happened since, of what the caller may see."""
        scopes = self.scopes(who)
        if bucket is None:
            self._note(who, realm, cursor, scopes, waiting)
        elif not any(bucket == scope or bucket.startswith(scope + "/") for scope in scopes):
            raise problem(404, "no_bucket", "There is no such bucket in the caller's scope.")
        with realm.store.read() as view:
            if 0 < cursor < int(view.setting(feed.FLOOR, 0)):
                raise AnswerError(410, Gone())
            return feed.page(view, who.device, cursor, limit, scopes, bucket=bucket, until=until)

    def _note(self, who: Caller, realm: Realm, cursor: int, scopes: list[str], waiting: Waiting | None) -> None:
        """Where this desk is: the feed is kept for it from there on."""
        key, now = (who.realm, who.device), time.monotonic()
        at, before = self._noted.get(key, (-NOTED_EVERY_S, 0))
        if now - at < NOTED_EVERY_S and cursor >= before:
            return
        self._noted[key] = now, cursor
        table = tables.desk
        values = {"seen_at": datetime.now(UTC), "cursor": cursor, "user": who.user, "scopes": scopes}
        if waiting is not None:
            values |= {"pending": waiting.pending, "pending_since": waiting.since}
        with realm.store.begin() as tx:
            tx.connection.execute(update(table).where(table.c.device == who.device).values(**values))

    def check(self, who: Caller, realm: Realm, cursor: int) -> Check:
        """What the caller's buckets held at a cursor."""
        with realm.store.read() as view:
            return feed.check(view, cursor, self.scopes(who))

    def put_positions(self, who: Caller, realm: Realm, request: Positions) -> None:
        """Where units are. Only the latest of each is kept."""
        with realm.store.begin() as tx:
            tx.put(*request.positions)
        realm.tell(moved=True)
        if self.relay is not None:
            self.relay.send_positions(who.realm, request.positions)

    def positions(self, who: Caller, realm: Realm) -> Positions:
        """The latest of each unit in the caller's scope."""
        scopes, pack = self.scopes(who), self.directory.pack
        with realm.store.read() as view:
            found = view.positions()
        seen = []
        for id, position in found.items():
            unit = pack.units.get(id)
            path = pack.agencies[unit.agency].path if unit else ""
            if any(path == scope or path.startswith(scope + "/") for scope in scopes):
                seen.append(position)
        return Positions(positions=seen)

    def may_read(self, who: Caller, sha256: str, view: View) -> bool:
        """Whether the caller sees an attachment that these are the bytes of."""
        table, scopes = tables.attachment, self.scopes(who)
        ids = view.connection.scalars(select(table.c.id).where(table.c.sha256 == sha256)).all()
        return any(visible(feed.buckets_of(view, table.name, id), scopes) for id in ids)

    def may_write(self, who: Caller) -> bool:
        """Whether the caller does more than look on: an operator, someone in the field, a relay for those below it."""
        return any(grant.right is not Right.VIEW for grant in self.directory.grants_in(who.user, who.realm))

    def commands_all(self, who: Caller) -> bool:
        """Whether the caller commands the whole tree."""
        grants = self.directory.grants_in(who.user, who.realm)
        commands = [grant.at for grant in grants if grant.right is Right.COMMAND]
        return all(visible([path], commands) for path in self.directory.areas)

    def audit(self, who: Caller, realm: Realm) -> Audit:
        """What was taken from whom."""
        with realm.store.read() as view:
            return audit(view, who.device)
