"""Whether the platform can take operations now: for whoever sends requests to it, or to another."""

import shutil

from sqlalchemy import text

from console.central.realms import Realms
from console.domain.errors import KnownError
from console.domain.words import Phrase

SPARE = 64 * 1024 * 1024  # bytes: below that a database file soon has nowhere to go


def assert_ready(realms: Realms) -> None:
    """Raises `KnownError` that says why not: disk_full, database_standby, or what `Store` raises."""
    live = realms.get("live", create=True)
    assert live is not None
    store = live.store
    with store.read() as view:
        standby = store.dialect == "postgresql" and view.connection.scalar(text("SELECT pg_is_in_recovery()"))
        view.setting("central.incarnation")
    if standby:
        raise KnownError(Phrase("database_standby", {"path": store.realm}))
    if store.path is not None and shutil.disk_usage(store.path.parent).free < SPARE:
        raise KnownError(Phrase("disk_full", {"path": str(store.path)}))
