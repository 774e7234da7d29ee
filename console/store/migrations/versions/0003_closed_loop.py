"""The whole closed loop: side states, rounds, holds, merging; requests, situation reports, edited lists; calls."""

import sqlalchemy as sa
from alembic import op

from console.store.migrations.shape import reshape, text

revision = "0003"
down_revision = "0002"
REWRITES_ROWS = True

_TIME = sa.DateTime(timezone=True)
_OPEN = sa.column("open", sa.Boolean)


def upgrade(*, desk: bool, platform: bool, areas: tuple[str, ...]) -> None:
    for name in ("moved", "merged_into", "last"):
        op.add_column("incident", text(name, null=True))
    op.add_column("incident", sa.Column("score", sa.Integer))
    reshape("incident", form="{}", entered="{}", marks="{}", round=1, pauses="[]", force=0, escalated="[]", twin=0)
    merged = sa.column("merged_into").is_not(None)
    op.create_index("incident_merged", "incident", ["merged_into"], sqlite_where=merged, postgresql_where=merged)
    for name in ("picture", "sha256"):
        op.add_column("alarm", text(name, null=True))
    op.create_index("ix_alarm_sha256", "alarm", ["sha256"])
    op.create_index("alarm_indicator", "alarm", ["indicator"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.add_column("assignment", sa.Column("arrive_due_at", _TIME))
    op.add_column("assignment", text("origin", null=True))
    reshape("assignment", way="dispatch", round=1, reason="")
    reshape("task", void=False)
    op.create_table(
        "request",
        text("id", key=True),
        text("incident"),
        text("kind"),
        text("reason"),
        text("by"),
        sa.Column("due_at", _TIME),
        text("answered", null=True),
        sa.Column("granted", sa.Boolean, nullable=False),
        text("answer"),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_index("ix_request_incident", "request", ["incident"])
    op.create_index("request_open", "request", ["id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "situation_report",
        text("id", key=True),
        text("incident"),
        text("kind"),
        text("to"),
        text("elements"),
        sa.Column("reported_at", _TIME, nullable=False),
        text("by"),
        sa.Column("by_phone", sa.Boolean, nullable=False),
    )
    op.create_index("ix_situation_report_incident", "situation_report", ["incident"])
    op.create_table("listed", text("id", key=True), text("area"), text("content", null=True))
    op.create_table(
        "call",
        *(text(name, key=name == "id") for name in ("id", "area", "channel")),
        sa.Column("received_at", _TIME, nullable=False),
        *(text(name, null=name in ("caller", "title")) for name in ("text", "caller", "number", "title", "matter")),
        *(text(name, null=True) for name in ("level", "place", "at")),
        *(text(name) for name in ("source", "source_id", "state")),
        *(text(name, null=True) for name in ("by", "incident")),
        text("reason"),
        sa.Column("open", sa.Boolean, nullable=False),
    )
    op.create_index("ix_call_received_at", "call", ["received_at"])
    op.create_index("ix_call_incident", "call", ["incident"])
    op.create_index("call_open", "call", ["received_at"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "intake",
        *(text(name) for name in ("source", "kind", "id", "hash")),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "service_key",
        *(text(name, key=name == "hash") for name in ("hash", "name", "at", "kinds")),
        sa.Column("added_at", _TIME, nullable=False),
        text("added_by"),
        sa.Column("removed_at", _TIME),
        text("removed_by", null=True),
    )
    if platform:
        op.create_index("outcome_sequence", "outcome", ["sequence"])
        op.drop_index("member_row", "member")
