"""The database engine of a realm on PostgreSQL: a schema of its own, limits on waiting, errors in words.

A server is used only when it keeps what it was told: see `assert_fit`. The driver is loaded when an engine is made,
so that a desk never loads it.
"""

import re
from collections.abc import Iterable

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import CreateSchema

from console.domain.errors import KnownError
from console.domain.words import Phrase

OLDEST = 13
LOCK = 0x7969_7069_6E67  # "yiping"; advisory locks have numbers
CONNECTIONS = 10  # of one process to one realm; its other threads wait for one
POOL_WAIT_S = 10.0

# A transaction that hangs while it holds the feed's counter holds up everyone: the server ends it.
LIMITS_MS = {
    "idle_in_transaction_session_timeout": 10_000,
    "lock_timeout": 5_000,
    "statement_timeout": 30_000,
}
STATES = {
    "25006": "database_standby",  # read-only
    "25P03": "database_lost",  # idle in a transaction
    "40001": "store_busy",  # serialization
    "40P01": "store_busy",  # deadlock
    "42501": "database_rights",
    "53100": "disk_full",
    "53200": "store_busy",  # out of memory
    "53300": "store_busy",  # too many connections
    "55P03": "store_busy",  # lock_timeout
    "57014": "store_busy",  # statement_timeout
    "58030": "store_io",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}
# While connecting there is no code, only what the server says. One that says it in another language is unreachable.
SAID = {
    "password authentication failed|no password supplied|role .* does not exist": "database_password",
    "database .* does not exist": "database_absent",
    "permission denied": "database_rights",
    "session is read-only": "database_standby",
    "too many clients|too many connections|remaining connection slots": "store_busy",
}
FACTS = text("""
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
        current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
        current_setting('synchronous_commit') AS synchronous_commit, pg_is_in_recovery() AS recovery,
        current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('search_path') AS path
""")


def address(url: str) -> URL:
    """A database's address, read. Raises `KnownError` database_url; the text is not repeated, for its password."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise KnownError(Phrase("database_url")) from None
    parts = f"{found.host or ''}{found.database or ''}"
    # an @ in there is of a password that was not quoted
    if found.drivername not in ("postgresql", "postgresql+psycopg") or not found.database or "@" in parts:
        raise KnownError(Phrase("database_url"))
    return found.set(drivername="postgresql+psycopg")


def place(url: URL) -> str:
    """The address as people may see it: no user, no password."""
    hosts = url.normalized_query.get("host", ())
    port = f":{url.port}" if url.port else ""
    return f"{url.host or ','.join(hosts) or 'localhost'}{port}/{url.database}"


def schema(realm: str) -> str:
    return f"yiping_{realm}"


def connect(url: URL, realm: str | None, connections: int | None = None) -> Engine:
    """An engine that sees only the realm's schema, or with None no schema at all.

    Nothing is connected yet. Errors of the world come out as `KnownError`, see `STATES`.
    """
    settings = {"search_path": _search_path(realm), **LIMITS_MS, "timezone": "UTC"}
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=connections or CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,  # after a restart of the server, the connections that are left are no errors
        pool_recycle=3600,
        connect_args={
            # at the start of a session, so that nothing that happens in it takes them away
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "application_name": f"yiping {realm or ''}".strip(),
            "client_encoding": "utf8",
            "target_session_attrs": "read-write",  # the feed is read from the primary
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        },
    )
    where = place(url)

    @event.listens_for(engine, "handle_error")
    def explain(context: ExceptionContext) -> None:
        error = context.original_exception
        if context.is_pre_ping or not isinstance(error, context.dialect.loaded_dbapi.Error):
            return
        if context.connection is None:
            raise _unreachable(str(error), url) from error
        if code := STATES.get(getattr(error, "sqlstate", None) or ""):
            raise KnownError(Phrase(code, {"path": where})) from error
        if context.is_disconnect:
            raise KnownError(Phrase("database_lost", {"path": where})) from error

    return engine


def assert_fit(connection: Connection, url: URL, realm: str | None) -> None:
    """Raises `KnownError` for a server that could lose, mix up or hold up what it is given."""
    facts = connection.execute(FACTS).one()
    code = ""
    if facts.version < OLDEST * 10_000:
        code = "database_old"
    elif facts.encoding != "UTF8":
        code = "database_encoding"
    elif facts.fsync != "on":
        code = "database_fsync"
    elif facts.full_page_writes != "on":
        code = "database_full_page_writes"
    elif facts.synchronous_commit == "off":
        code = "database_synchronous_commit"
    elif facts.recovery:
        code = "database_standby"
    elif facts.idle != "10s" or facts.path != _search_path(realm):
        code = "database_limits"  # a pooler in between keeps a session's settings from it
    if code:
        given = {"version": facts.version // 10_000, "oldest": OLDEST, "encoding": facts.encoding}
        raise KnownError(Phrase(code, {"path": place(url), **given}))


def hold(connection: Connection, keys: Iterable[str]) -> None:
    """What these name changes by nobody else until the transaction ends; taken in one order by all."""
    for key in sorted(keys):
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})


def alone(connection: Connection) -> None:
    """Hold the one place of this database until the transaction ends; wait for it first."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


def has_realm(connection: Connection, realm: str) -> bool:
    found = connection.scalar(text("SELECT to_regnamespace(quote_ident(:schema))"), {"schema": schema(realm)})
    return found is not None


def realms(connection: Connection) -> list[str]:
    """The realms of this database."""
    query = text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'yiping\\_%' ORDER BY nspname")
    return [name.removeprefix("yiping_") for name in connection.scalars(query)]


def make_realm(connection: Connection, realm: str) -> None:
    """The realm's schema, when it is not there; in a transaction that is `alone`."""
    if not has_realm(connection, realm):  # asking needs no right to create
        connection.execute(CreateSchema(schema(realm)))


def _search_path(realm: str | None) -> str:
    return f'"{schema(realm)}"' if realm else '""'


def _unreachable(said: str, url: URL) -> KnownError:
    said = said.strip().partition("\n")[0].rpartition(" failed: ")[2]
    if url.password:
        said = said.replace(str(url.password), "***")
    for words, code in SAID.items():
        if re.search(words, said):
            return KnownError(Phrase(code, {"path": place(url)}))
    return KnownError(Phrase("database_unreachable", {"path": place(url), "said": said}))
