"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_OPEN = sa.column("open", sa.Boolean)


def upgrade(*, desk: bool, platform: bool, areas: tuple[str, ...]) -> None:
    _shared()
    if desk:
        _desk()
    if platform:
        _platform()


def _text(name: str, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null, primary_key=key)


def _time(name: str, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _number(name: str, kind: type[sa.Float[float] | sa.Integer], null: bool = False) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=null)


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _shared() -> None:
    op.create_table("setting", _text("key", key=True), _text("value"))
    op.create_table(
        "alarm",
        _text("id", key=True),
        _text("indicator"),
        _text("title"),
        _text("place"),
        _text("at", null=True),
        _text("level"),
        _text("state"),
        _time("raised_at"),
        _number("value", sa.Float),
        _number("limit", sa.Float),
        _text("measure"),
        _text("matter", null=True),
        _time("returned_at", null=True),
        _time("decided_at", null=True),
        _text("decided_by", null=True),
        _text("reason", null=True),
        _text("incident", null=True),
        _text("town"),
        _yes_or_no("open"),
    )
    op.create_index("ix_alarm_raised_at", "alarm", ["raised_at"])
    op.create_index("alarm_open", "alarm", ["raised_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "incident",
        _text("id", key=True),
        _number("number", sa.Integer),
        _text("matter"),
        _text("title"),
        _text("place"),
        _text("at"),
        _text("level"),
        _text("stage"),
        _text("stages"),
        _time("opened_at"),
        _text("source"),
        _text("alarm", null=True),
        _text("lead", null=True),
        _time("due_at", null=True),
        _time("closed_at", null=True),
        _text("town"),
        _yes_or_no("open"),
    )
    op.create_index("ix_incident_number", "incident", ["number"])
    op.create_index("ix_incident_opened_at", "incident", ["opened_at"])
    op.create_index("incident_open", "incident", ["opened_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "assignment",
        _text("id", key=True),
        _text("incident"),
        _text("agency"),
        _text("role"),
        _text("unit", null=True),
        _number("travel_s", sa.Float, null=True),
        _time("ack_due_at", null=True),
        _text("times"),
        _yes_or_no("open"),
    )
    op.create_index("ix_assignment_incident", "assignment", ["incident"])
    op.create_index("assignment_open", "assignment", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "task",
        _text("id", key=True),
        _text("incident"),
        _number("order", sa.Integer),
        _text("text"),
        _text("agency", null=True),
        _yes_or_no("gate"),
        _time("due_at", null=True),
        _time("done_at", null=True),
        _text("done_by", null=True),
    )
    op.create_index("ix_task_incident", "task", ["incident"])
    op.create_table(
        "reading",
        _text("indicator"),
        _time("at"),
        _number("value", sa.Float),
        sa.PrimaryKeyConstraint("indicator", "at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry",
        _text("id", key=True),
        _text("device"),
        _number("number", sa.Integer),
        _time("at"),
        _text("author"),
        _text("note"),
        _text("previous"),
        _text("hash"),
        _text("incident", null=True),
    )
    op.create_index("entry_chain", "entry", ["device", "number"])
    op.create_index("entry_at", "entry", ["at", "number"])
    op.create_index("entry_incident", "entry", ["incident", "at", "number"])
    op.create_table(
        "position",
        _text("id", key=True),
        _text("at"),
        _time("seen_at"),
        _number("heading", sa.Float, null=True),
    )
    op.create_table(
        "exercise",
        _text("id", key=True),
        _text("scenario"),
        _number("elapsed_s", sa.Float),
        _number("speed", sa.Float),
        _text("state"),
        _text("executed"),
    )


def _desk() -> None:
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.Integer, primary_key=True),
        _text("lane"),
        _number("n", sa.Integer),
        _text("id"),
        _text("body"),
        _time("settled_at", null=True),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("lane", "n"),
    )
    op.create_index("outbox_pending", "outbox", ["sequence"], sqlite_where=sa.column("settled_at").is_(None))
    op.create_table(
        "base_row",
        _text("table"),
        _text("id"),
        _text("body", null=True),
        sa.PrimaryKeyConstraint("table", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        _text("id", key=True),
        _text("body"),
        _text("phrase"),
        _time("dismissed_at", null=True),
    )


def _platform() -> None:
    op.create_table("head", sa.Column("id", sa.Integer, primary_key=True), _number("sequence", sa.BigInteger))
    op.create_table(
        "feed",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        _number("txn", sa.BigInteger),
        _text("table"),
        _text("id"),
        _text("body", null=True),
        _text("town"),
    )
    op.create_table("lane", _text("client", key=True), _text("lane", key=True), _number("n", sa.Integer))
    op.create_table(
        "outcome",
        _text("client"),
        _text("lane"),
        _number("n", sa.Integer),
        _text("id"),
        _text("hash"),
        _text("name"),
        _text("user"),
        _time("at"),
        _text("refusal", null=True),
        _number("sequence", sa.BigInteger),
        sa.PrimaryKeyConstraint("client", "lane", "n"),
    )
    op.create_index("ix_outcome_id", "outcome", ["id"])
    op.create_index("outcome_of_client", "outcome", ["client", "sequence"])
    op.create_table(
        "breach",
        sa.Column("entry", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
        _text("device"),
        _number("number", sa.Integer),
        _time("at"),
    )
    op.create_table("token", _text("hash", key=True), _text("user"), _text("device"), _time("expires_at"))
    op.create_index("ix_token_expires_at", "token", ["expires_at"])
