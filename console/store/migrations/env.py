"""Alembic runs this for every command; the connection and its transaction are the caller's."""

from alembic import context

_given = context.config.attributes
context.configure(connection=_given["connection"])
context.run_migrations(**_given["given"])
