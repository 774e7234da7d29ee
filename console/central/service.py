"""What the platform does, request by request, whatever carries the requests: the API's routes, or a simulation."""

import logging
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select, update

from console.central import auth, feed, push
from console.central.audit import audit
from console.central.auth import Caller, Doorkeeper
from console.central.directory import Directory
from console.central.forwarding import WayUp, forward
from console.central.overview import Overview, WatchRequest, WatchResponse, look, watched
from console.central.pages import NEAR, Asked
from console.central.push import Sender
from console.central.realms import Realm, Realms
from console.domain.area import Right, visible
from console.domain.errors import KnownError
from console.domain.operations import OLDEST, VERSION
from console.domain.phrases import say
from console.domain.words import Phrase
from console.store import tables
from console.store.queries import View
from console.sync.answers import AnswerError, problem
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
    PushRequest,
    PushResponse,
)

log = logging.getLogger(__name__)
NOTED_EVERY_S = 5.0  # where desks are, is written down at most so often
BELIEVED_S = 60.0  # a desk's token is looked up again after so long at most: it only ends by time
WATCHED_S = 5.0  # and one that may be signed out elsewhere
MOST_BELIEVED = 10_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a desk says about itself when it pulls."""

    pending: int
    since: datetime | None


class Service:
    """The platform over its realms, for the users of a directory."""

    def __init__(self, realms: Realms, directory: Directory, relay: WayUp | None = None) -> None:
        self.realms, self.directory, self.relay = realms, directory, relay
        self._door: Doorkeeper | None = None
        self._believed: dict[str, tuple[float, Caller, Realm]] = {}
        self._notes: dict[str, dict[str, dict[str, Any]]] = {}  # by realm and device, not yet written down
        self._noted_at: dict[str, float] = {}
        self._noting = threading.Lock()

    def login(self, request: LoginRequest) -> LoginResponse:
        """Sign a user in on a device, for one realm."""
        scopes = self.directory.scopes(request.user, request.realm)
        none = None if scopes else Phrase("login_no_scope", {"realm": request.realm})
        self._let_in(request.user, request.password, none, request.device)
        realm = self.realms.get(request.realm, create=True)
        assert realm is not None  # the request's pattern is narrower than ours
        if self.relay is not None:
            self.relay.open(realm)
        try:
            token, expires_at = auth.sign_in(realm.store, realm.incarnation, request, scopes)
        except auth.CopiedError:
            log.warning("a copied desk", extra={"user": request.user, "device": request.device})
            raise AnswerError(409, Copied()) from None
        log.warning("signed in", extra={"user": request.user, "device": request.device, "realm": request.realm})
        return LoginResponse(
            token=token,
            expires_at=expires_at,
            incarnation=realm.incarnation,
            now=datetime.now(UTC),
            scopes=scopes,
            version=VERSION,
            oldest=OLDEST,
        )

    def _let_in(self, user: str, password: str, otherwise: Phrase | None, device: str) -> None:
        """Raises `AnswerError` for a wrong password, and then for what `otherwise` stands against it."""
        try:
            self._doorkeeper().check(user, password)
            if otherwise is not None:
                raise KnownError(otherwise)
        except KnownError as error:
            phrase = error.phrase
            if not phrase.code.startswith("login_"):
                raise  # the database's, say
            log.warning("sign-in refused", extra={"user": self.spoken(user), "device": device, "why": phrase.code})
            status = 429 if phrase.code == "login_locked" else 403
            args = {key: value for key, value in phrase.args.items() if isinstance(value, str | int | float)}
            raise problem(status, phrase.code, say(phrase, "en"), args) from None

    def spoken(self, user: str) -> str:
        """A user's id as it may stand in a log: what is none may be a password in the wrong field."""
        return user if user in self.directory.pack.users else "(unknown)"

    def watch(self, request: WatchRequest) -> WatchResponse:
        """Sign somebody in who only looks at how the platform is."""
        live = self._live()
        seen = any(self._watched(request.user, realm) for realm in self.realms.names())
        self._let_in(request.user, request.password, None if seen else Phrase("login_no_view"), auth.NO_DESK)
        log.warning("signed in to watch", extra={"user": request.user})
        token, expires_at = auth.admit(live.store, request.user)
        return WatchResponse(token=token, expires_at=expires_at)

    def end_watch(self, token: str) -> None:
        if realm := self.realms.get(auth.realm_of(token)):
            auth.sign_out(realm.store, token)
            self._believed.pop(token, None)

    def overview(self, who: Caller) -> Overview:
        """How the platform and its desks are, as far as the caller may see them. Raises `AnswerError` 403."""
        user, now = self.directory.pack.users.get(who.user), datetime.now(UTC)
        found = {name: self._watched(who.user, name) for name in self.realms.names()}
        if user is None or not any(found.values()):
            raise problem(403, "login_no_view", say(Phrase("login_no_view"), "en"))
        realms = [(self.realms.get(name), scopes) for name, scopes in found.items() if scopes]
        looked = [look(realm, self.directory, scopes, now) for realm, scopes in realms if realm]
        looked.sort(key=lambda one: (one.realm != "live", one.realm))
        return Overview(now=now, user=who.user, user_name=user.name, version=VERSION, realms=looked)

    def _watched(self, user: str, realm: str) -> list[str]:
        return watched(self.directory, user, realm)

    def _blame(self, realm: Realm, device: str, phrase: Phrase) -> None:
        """Note what a desk was turned away for."""
        with realm.store.begin() as tx:
            table = tables.desk
            tx.connection.execute(update(table).where(table.c.device == device).values(error=phrase))

    def start(self) -> None:
        """What goes on without anyone asking."""
        if self.relay is not None:
            for name in {"live", *self.realms.names()}:
                realm = self.realms.get(name, create=True)
                assert realm is not None
                self.relay.open(realm)

    def close(self) -> None:
        if self.relay is not None:
            self.relay.close()
        self.write_notes()
        self.realms.close()

    def _doorkeeper(self) -> Doorkeeper:
        """Wrong passwords are counted in the live realm, whatever realm was asked for."""
        if self._door is None:
            self._door = Doorkeeper(self.directory, self._live().store)
        return self._door

    def _live(self) -> Realm:
        live = self.realms.get("live", create=True)
        assert live is not None
        return live

    def known(self, token: str) -> tuple[Caller, Realm] | None:
        """Whose token it is, when that was found out a moment ago: without asking the database."""
        believed = self._believed.get(token)
        return believed[1:] if believed and time.monotonic() < believed[0] else None

    def caller(self, token: str) -> tuple[Caller, Realm]:
        """Which desk's token it is. Raises `AnswerError` 401; 403 for one that only watches."""
        who, realm = self.bearer(token)
        self.assert_desk(who)
        return who, realm

    def assert_desk(self, who: Caller) -> None:
        """Raises `AnswerError` 403 for somebody who only watches."""
        if who.device == auth.NO_DESK:
            raise problem(403, "no_desk", "This token only watches.")

    def bearer(self, token: str) -> tuple[Caller, Realm]:
        """Whose token it is, a desk's or not. Raises `AnswerError` 401."""
        realm = self.realms.get(auth.realm_of(token))
        who = auth.whose(realm.store, token) if realm else None
        if realm is None or who is None:
            raise problem(401, "sign_in", "Sign in again.")
        if len(self._believed) >= MOST_BELIEVED:
            self._believed.clear()
        # not all again at once, though all desks came at once
        for_s = WATCHED_S if who.device == auth.NO_DESK else BELIEVED_S * random.uniform(0.5, 1)
        self._believed[token] = time.monotonic() + for_s, who, realm
        return who, realm

    def member(self, who: Caller) -> Caller:
        """The caller, if they may do anything here. Raises `AnswerError` 403.

        One whose grants were taken away still pulls, so that what they see no more leaves their desk.
        """
        if not self.scopes(who):
            raise problem(403, "not_allowed", "You have no role in this realm any more.")
        return who

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
            about = {"device": who.device, "user": who.user, "realm": who.realm}
            log.warning("another operation under the same number", extra={**about, "n": changed.n})
            self._blame(realm, who.device, Phrase("push_changed", {"n": changed.n}))
            raise AnswerError(422, Changed(n=changed.n)) from None
        for sent, outcome in zip(operations, outcomes, strict=True):
            if outcome.refusal is not None:
                about = {"device": who.device, "user": who.user, "realm": who.realm, "operation": sent.id}
                log.warning("refused", extra={**about, "operation_name": sent.name, "why": outcome.refusal.code})
        if self.relay is not None:
            self.relay.wake(who.realm)
        return PushResponse(outcomes=outcomes)

    def pull(self, who: Caller, realm: Realm, asked: Asked, waiting: Waiting | None = None) -> Page:
        """What happened since, of what the caller may see. Raises `AnswerError` 404, 410."""
        if page := self.at_hand(who, realm, asked, waiting):
            return page
        scopes = self.scopes(who)
        if asked.bucket is None:
            self._note(who, realm, asked.cursor, scopes, waiting)
            self._write_if_due(realm)
        elif not visible([asked.bucket], scopes):
            raise problem(404, "no_bucket", "There is no such bucket in the caller's scope.")
        with realm.store.read() as view:
            if asked.is_below(int(view.setting(feed.FLOOR, 0))):
                raise AnswerError(410, Gone())
            if asked.bucket is not None:
                return feed.rows(view, asked, scopes)
            head = feed.end(view)
            if head - asked.cursor > NEAR:
                return feed.with_outcomes(view, who.device, feed.rows(view, asked, scopes))
            read = partial(feed.common, view, asked, scopes)
            found = realm.pages.get(head, (asked, tuple(scopes)), read)
            if who.device in found.told:
                return feed.with_outcomes(view, who.device, found.page)
            return found.page.model_copy(update={"device": who.device})

    def at_hand(self, who: Caller, realm: Realm, asked: Asked, waiting: Waiting | None = None) -> Page | None:
        """What `pull` answers, when that takes neither the database nor a wait."""
        scopes = self.scopes(who)
        common = realm.pages.known(realm.head, (asked, tuple(scopes))) if realm.alone else None
        if common is None or who.device in common.told or asked.is_below(common.page.floor):
            return None
        self._note(who, realm, asked.cursor, scopes, waiting)
        return common.page.model_copy(update={"device": who.device})

    def _note(self, who: Caller, realm: Realm, cursor: int, scopes: list[str], waiting: Waiting | None) -> None:
        """Where this desk is: the feed is kept for it from there on.

        All desks pull at every change: one of them writes down every few seconds where they all are, so that
        neither they nor those who push wait for each other's notes.
        """
        told = {"seen_at": datetime.now(UTC), "cursor": cursor, "user": who.user, "scopes": scopes}
        if waiting is not None:
            told |= {"pending": waiting.pending, "pending_since": waiting.since}
        with self._noting:
            notes = self._notes.setdefault(who.realm, {})
            notes[who.device] = notes.get(who.device, {}) | told

    def _write_if_due(self, realm: Realm) -> None:
        with self._noting:
            due = time.monotonic() - self._noted_at.get(realm.store.realm, -NOTED_EVERY_S) >= NOTED_EVERY_S
        if due:
            self._write(realm)

    def write_notes(self) -> None:
        """Write down where desks were when they last asked, where that is not; for every few seconds."""
        for name in list(self._notes):
            with suppress(KnownError):  # the database is away: whoever asks next hears of it
                if realm := self.realms.get(name):
                    self._write(realm)

    def _write(self, realm: Realm) -> None:
        with self._noting:
            self._noted_at[realm.store.realm] = time.monotonic()
            notes = self._notes.pop(realm.store.realm, {})
        if not notes:
            return
        table = tables.desk
        older = table.c.device == bindparam("of"), table.c.seen_at <= bindparam("then")
        rows = [{**told, "of": device, "then": told["seen_at"]} for device, told in sorted(notes.items())]
        with realm.store.begin() as tx:  # in one order, as other workers do
            for _, alike in groupby(rows, dict.keys):
                given = list(alike)
                names = given[0].keys() - {"of", "then"}
                change = update(table).where(*older).values({name: bindparam(name) for name in names})
                tx.connection.execute(change, given)

    def check(self, who: Caller, realm: Realm, cursor: int) -> Check:
        """What the caller's buckets held at a cursor."""
        with realm.store.read() as view:
            return feed.check(view, cursor, self.scopes(who))

    def put_positions(self, who: Caller, realm: Realm, request: Positions) -> None:
        """Where units are. Only the latest of each is kept."""
        paths = [grant.at for grant in self.directory.grants_in(who.user, who.realm) if grant.right is not Right.VIEW]
        mine = [one for one in request.positions if visible([self._path_of(one.id)], paths)]
        if len(mine) < len(request.positions):
            why = f"{len(request.positions) - len(mine)} positions of units that are not theirs"
            log.warning("positions left out", extra={"user": who.user, "device": who.device, "why": why})
        if not mine:
            return
        with realm.store.begin() as tx:
            tx.put(*mine)
        realm.tell(moved=True)
        if self.relay is not None:
            self.relay.send_positions(who.realm, mine)

    def positions(self, who: Caller, realm: Realm) -> Positions:
        """The latest of each unit in the caller's scope."""
        scopes = self.scopes(who)
        with realm.store.read() as view:
            found = view.positions()
        return Positions(positions=[one for id, one in found.items() if visible([self._path_of(id)], scopes)])

    def _path_of(self, unit: str) -> str:
        """Where a unit belongs in the tree; "" for one that is not known."""
        pack = self.directory.pack
        known = pack.units.get(unit)
        return pack.agencies[known.agency].path if known else ""

    def may_read(self, who: Caller, sha256: str, view: View) -> bool:
        """Whether the caller sees an attachment, or an alarm with a picture, that these are the bytes of."""
        scopes = self.scopes(who)
        for table in (tables.attachment, tables.alarm):
            ids = view.connection.scalars(select(table.c.id).where(table.c.sha256 == sha256)).all()
            if any(visible(feed.buckets_of(view, table.name, id), scopes) for id in ids):
                return True
        return False

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
