"""What several migrations do to a table."""

from typing import Any

import sqlalchemy as sa
from alembic import op

KINDS: dict[type, type[sa.types.TypeEngine[Any]]] = {str: sa.Text, int: sa.BigInteger, bool: sa.Boolean}


def text(name: str, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null, primary_key=key)


def reshape(table: str, *wide: str, **added: str | int | bool) -> None:
    """Wider numbers, and columns that may not be null with their value in the rows that are there."""
    for name, value in added.items():
        kind = KINDS[type(value)]
        op.add_column(table, sa.Column(name, kind))
        op.get_bind().execute(sa.update(sa.table(table, sa.column(name, kind))).values({name: value}))
    with op.batch_alter_table(table) as batch:
        for name in wide:
            batch.alter_column(name, existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)
        for name, value in added.items():
            batch.alter_column(name, existing_type=KINDS[type(value)](), nullable=False)
