"""Ids: UUIDv7, so that a row's id says roughly when it was made and indexes stay compact."""

import uuid_utils


def new_id() -> str:
    return str(uuid_utils.uuid7())
