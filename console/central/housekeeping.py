"""What is done once a day, by one of the workers: what nobody needs any more is dropped. Outcomes are kept."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text

from console.central import catalogue, feed
from console.central.realms import Realms
from console.domain.camera import Camera
from console.domain.errors import KnownError
from console.store import tables
from console.store.store import Store
from console.sync import receive

DAY = timedelta(days=1)
DESKS_SEEN = timedelta(days=30)  # the feed is kept for desks that were heard of since
LOOK_S = 600.0  # also before the first time: desks that were away as long as the platform come back meanwhile
DONE_AT = "central.tidied_at"
_CAMERAS = tables.NAMES[Camera]
log = logging.getLogger(__name__)


def tidy(store: Store, now: datetime) -> bool:
    """Tidy a realm; False when that was done within a day. Raises `KnownError`, see `Store`."""

    def due(done: str | None) -> bool:
        return done is None or datetime.fromisoformat(done) <= now - DAY

    with store.read() as view:
        if not due(view.setting(DONE_AT)):
            return False
        changed = view.connection.scalar(select(tables.feed.c.sequence).where(tables.feed.c.table == _CAMERAS).limit(1))
    if changed is not None:
        catalogue.republish(store)  # it takes the place of what the feed says of cameras
    with store.begin(alone=True) as tx:
        if not due(tx.setting(DONE_AT)):
            return False  # another worker was quicker
        if store.dialect == "postgresql":
            tx.connection.execute(text("SET LOCAL statement_timeout = 0"))  # nobody waits for this
        tx.set_setting(DONE_AT, now.isoformat())
        rows = feed.forget(tx, now, DESKS_SEEN)
        gone = tx.connection.execute(delete(tables.token).where(tables.token.c.expires_at < now)).rowcount
        brought = receive.forget(tx, now)
    log.warning("tidied", extra={"realm": store.realm, "feed_rows": rows, "tokens": gone, "intake_ids": brought})
    return True


def tidy_all(realms: Realms) -> None:
    """Every realm there is. One that cannot be tidied now is tried again next time."""
    try:
        for name in realms.names():
            if realm := realms.get(name):
                tidy(realm.store, datetime.now(UTC))
    except KnownError as error:
        log.warning("not tidied", extra={"why": error.phrase.code})
    except Exception:
        log.exception("not tidied")


@asynccontextmanager
async def every(seconds: float, what: Callable[[], object]) -> AsyncIterator[None]:
    """Do something again and again meanwhile, in a thread; for the first time after `seconds`."""

    async def run() -> None:
        while True:
            await asyncio.sleep(seconds)
            await asyncio.to_thread(what)

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
