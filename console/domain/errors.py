"""What the world did, said so that a person understands: what happened, what was kept, what to do."""

from console.domain.words import Phrase


class KnownError(Exception):
    """An expected failure with a message for people; anything else that is raised is a bug."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase.code, dict(phrase.args))
        self.phrase = phrase


class Refused(KnownError):
    """An operation that the rules do not allow now. Nothing was changed."""
