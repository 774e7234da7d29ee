"""Places are paths of the organisation tree, and what a desk sees is summed up by them; conflicts, attachments.

Rows of the first schema name a town by its id; where the tree has it, its path takes the id's place.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from console.store.migrations.shape import reshape, text

revision = "0002"
down_revision = "0001"
REWRITES_ROWS = True

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.column("open", sa.Boolean)
_CHUNK = 1000


def upgrade(*, desk: bool, platform: bool, areas: tuple[str, ...]) -> None:
    paths = {path.rpartition("/")[2]: path for path in areas}

    def path_of(town: str) -> str:
        return paths.get(town, town)

    _shared(path_of)
    _catalogue(desk, platform)
    if desk:
        _desk(path_of)
    if platform:
        _platform(path_of)


# The tables


def _shared(path_of: Callable[[str], str]) -> None:
    for name in ("alarm", "incident"):
        op.alter_column(name, "town", new_column_name="area", existing_type=sa.Text)
        _name_paths(name, path_of)
    reshape("incident", "number", edited="{}")
    op.add_column("assignment", sa.Column("by", sa.Text))
    reshape("assignment", scope="")
    held = _OPEN & sa.column("unit").is_not(None)
    op.create_index("assignment_unit", "assignment", ["unit"], sqlite_where=held, postgresql_where=held)
    reshape("entry", "number", area="")
    op.create_table(
        "conflict",
        text("id", key=True),
        text("incident"),
        text("subject"),
        text("kept"),
        text("other"),
        text("also", null=True),
        sa.Column("settled_at", _TIME),
        text("settled_by", null=True),
        text("taken", null=True),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_index("ix_conflict_incident", "conflict", ["incident"])
    op.create_index("ix_conflict_also", "conflict", ["also"])
    op.create_index("conflict_open", "conflict", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "casualty_report",
        text("id", key=True),
        text("incident"),
        text("count"),
        sa.Column("occurred_at", _TIME, nullable=False),
        text("by"),
    )
    op.create_index("ix_casualty_report_incident", "casualty_report", ["incident"])
    op.create_table(
        "attachment",
        text("id", key=True),
        text("incident"),
        text("sha256"),
        text("name"),
        text("media"),
        sa.Column("size", sa.BigInteger, nullable=False),
        text("by"),
    )
    op.create_index("ix_attachment_incident", "attachment", ["incident"])
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    op.create_table(
        "blob",
        text("sha256", key=True),
        sa.Column("size", sa.Integer, nullable=False),
        text("media"),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("uploaded_at", _TIME),
        sa.Column("tries", sa.Integer, nullable=False),
        text("refusal", null=True),
    )
    op.create_table(
        "blob_part",
        sa.Column("sha256", sa.Text, sa.ForeignKey("blob.sha256"), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "n"),
    )


def _catalogue(desk: bool, platform: bool) -> None:
    gone = sa.column("gone", sa.Boolean)
    op.create_table(
        "camera",
        sa.Column("n", sa.Integer, primary_key=True),
        text("id"),
        text("name_zh"),
        text("name_en"),
        text("initials"),
        text("kind"),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
        text("main_url"),
        text("sub_url"),
        text("area"),
        text("indicator"),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("part", sa.Integer),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("camera_gone", "camera", ["n"], sqlite_where=gone, postgresql_where=gone)
    if desk:
        op.create_table(
            "catalogue_held",
            sa.Column("part", sa.Integer, primary_key=True),
            text("sha"),
            sa.Column("rows", sa.Integer, nullable=False),
            sa.Column("whole", sa.Boolean, nullable=False),
            sa.Column("changed", sa.BigInteger, nullable=False),
            sa.UniqueConstraint("sha"),
            sqlite_autoincrement=True,
        )
        if op.get_context().dialect.name == "sqlite":
            op.execute(
                "CREATE VIRTUAL TABLE camera_words USING "
                "fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')"
            )
            op.execute("CREATE VIRTUAL TABLE camera_places USING rtree(n, west, east, south, north)")
    if platform:
        op.create_table(
            "catalogue_part",
            text("sha", key=True),
            text("area"),
            sa.Column("place", sa.Integer, nullable=False),
            sa.Column("rows", sa.Integer, nullable=False),
            sa.Column("bytes", sa.Integer, nullable=False),
            sa.Column("lon", sa.Float, nullable=False),
            sa.Column("lat", sa.Float, nullable=False),
            sa.Column("data", sa.LargeBinary, nullable=False),
        )
        op.create_index("ix_catalogue_part_area", "catalogue_part", ["area"])


def _desk(path_of: Callable[[str], str]) -> None:
    reshape("outbox", "n")
    op.add_column("inbox", sa.Column("resent_as", sa.Text))
    op.add_column("base_row", sa.Column("key", sa.Text))
    _fill_base(path_of)
    with op.batch_alter_table("base_row", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("key", existing_type=sa.Text, nullable=False)
    op.create_index("ix_base_row_key", "base_row", ["key"])
    op.create_table(
        "pending_key",
        text("key"),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", "sequence"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pending_key_sequence", "pending_key", ["sequence"])
    op.create_table(
        "staged",
        text("table"),
        text("id"),
        text("body", null=True),
        sa.PrimaryKeyConstraint("table", "id"),
        sqlite_with_rowid=False,
    )


def _platform(path_of: Callable[[str], str]) -> None:
    reshape("lane", "n")
    reshape("outcome", "n", again=False)
    reshape("breach", "number")
    op.alter_column("feed", "town", new_column_name="bucket", existing_type=sa.Text)
    op.add_column("feed", sa.Column("at", _TIME))
    _fill_feed(path_of)
    with op.batch_alter_table("feed") as batch:
        batch.alter_column("at", existing_type=_TIME, nullable=False)
    op.create_index("feed_row", "feed", ["table", "id"])
    op.create_table(
        "member",
        text("bucket"),
        text("table"),
        text("id"),
        sa.Column("hash", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "table", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("member_row", "member", ["table", "id"])
    op.create_table(
        "bucket_sum",
        text("bucket"),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "desk",
        text("device", key=True),
        text("user"),
        text("nonce"),
        text("incarnation"),
        sa.Column("version", sa.Integer, nullable=False),
        text("scopes"),
        sa.Column("first_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.Integer, nullable=False),
        sa.Column("pending_since", _TIME),
        text("error", null=True),
    )
    op.create_index("ix_desk_seen_at", "desk", ["seen_at"])
    op.create_table("sign_in", text("device", key=True), text("user", key=True), sa.Column("at", _TIME, nullable=False))
    _fill_sign_in()
    op.create_table(
        "attempt",
        text("user", key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("until", _TIME),
    )


def _table(name: str, *columns: str) -> Any:
    return sa.table(name, *(sa.column(c, _TIME if c == "at" else None) for c in columns))


# The rows


def _name_paths(name: str, path_of: Callable[[str], str]) -> None:
    bind, table = op.get_bind(), _table(name, "area")
    for town in bind.scalars(sa.select(table.c.area).distinct()).all():
        bind.execute(sa.update(table).where(table.c.area == town).values(area=path_of(town)))


def _renamed(body: str, path_of: Callable[[str], str]) -> str:
    """A row's JSON with its town as an area; another row's as it is."""
    fields = json.loads(body)
    if "town" not in fields:
        return body
    told = {"area" if k == "town" else k: path_of(v) if k == "town" else v for k, v in fields.items()}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _fill_base(path_of: Callable[[str], str]) -> None:
    """The platform's rows under pending ones, by the incident or alarm that they belong to."""
    bind, base = op.get_bind(), _table("base_row", "table", "id", "key", "body")
    for name, id, body in bind.execute(sa.select(base.c.table, base.c.id, base.c.body)).all():
        key: str | None = id
        if name in ("assignment", "task"):
            here = _table(name, "id", "incident")
            overlay = sa.select(here.c.incident).where(here.c.id == id)
            key = json.loads(body)["incident"] if body else bind.scalar(overlay)
        values = {"key": key or id, "body": body and _renamed(body, path_of)}
        bind.execute(sa.update(base).where(base.c.table == name, base.c.id == id).values(values))


def _fill_feed(path_of: Callable[[str], str]) -> None:
    """A row is seen where it or its incident is, else where it was done; and it came when its operation did."""
    bind, feed = op.get_bind(), _table("feed", "sequence", "txn", "table", "body", "bucket", "at")
    outcome, incident = _table("outcome", "sequence", "at"), _table("incident", "id", "area")
    areas: dict[str, str] = {row.id: row.area for row in bind.execute(sa.select(incident))}
    op.create_index("outcome_sequence", "outcome", ["sequence"])
    query = sa.select(feed.c.sequence, feed.c.table, feed.c.body, feed.c.bucket, outcome.c.at)
    query = query.select_from(feed.outerjoin(outcome, outcome.c.sequence == feed.c.txn)).order_by(feed.c.sequence)
    done, missing = -1, datetime.now(UTC)
    change = sa.update(feed).where(feed.c.sequence == sa.bindparam("of"))
    change = change.values({name: sa.bindparam(f"new_{name}") for name in ("body", "bucket")})
    change = change.values(at=sa.bindparam("new_at", type_=_TIME))
    while found := bind.execute(query.where(feed.c.sequence > done).limit(_CHUNK)).all():
        done = found[-1].sequence
        values = []
        for row in found:
            fields = json.loads(row.body) if row.body else {}
            of = fields.get("note", fields).get("incident") if row.table in ("entry", "assignment", "task") else None
            bucket = (of and areas.get(of)) or path_of(fields.get("town") or row.bucket)
            body = row.body and _renamed(row.body, path_of)
            values.append({"of": row.sequence, "new_body": body, "new_bucket": bucket, "new_at": row.at or missing})
        bind.execute(change, values)
    op.drop_index("outcome_sequence", "outcome")


def _fill_sign_in() -> None:
    """Whoever has a token of a desk, or had an operation of it taken, has signed in there."""
    bind, sign_in = op.get_bind(), _table("sign_in", "device", "user", "at")
    outcome, token = _table("outcome", "client", "user", "at"), _table("token", "device", "user")
    now = datetime.now(UTC)
    seen = {(row.device, row.user): now for row in bind.execute(sa.select(token))}
    last = sa.select(outcome.c.client, outcome.c.user, sa.func.max(outcome.c.at).label("at"))
    for row in bind.execute(last.group_by(outcome.c.client, outcome.c.user)):
        seen.setdefault((row.client, row.user), row.at)
    if seen:
        rows = [{"device": device, "user": user, "at": at} for (device, user), at in seen.items()]
        bind.execute(sa.insert(sign_in), rows)
