"""The tests' own PostgreSQL, for those of the platform."""

from tests.support_postgres import postgres

__all__ = ["postgres"]
