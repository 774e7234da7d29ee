"""The whole closed loop: side states, rounds, holds, merging; requests, situation reports, edited lists."""

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
    if platform:
        op.create_index("outcome_sequence", "outcome", ["sequence"])
        op.drop_index("member_row", "member")
