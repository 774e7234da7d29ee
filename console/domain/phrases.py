"""The sentences of the system in both languages. `{name}` is filled from the phrase's arguments."""

from console.domain.phrases_files import FILES
from console.domain.phrases_intake import INTAKE
from console.domain.phrases_machines import MACHINES
from console.domain.phrases_work import WORK
from console.domain.words import Label, Lang, Phrase

PHRASES = WORK | FILES | MACHINES | INTAKE


def say(phrase: Phrase, lang: Lang) -> str:
    """A phrase in one language."""
    args = {key: value.text(lang) if isinstance(value, Label) else value for key, value in phrase.args.items()}
    return PHRASES[phrase.code].text(lang).format(**args).strip()


def both(phrase: Phrase) -> Label:
    """A phrase as a label of both languages."""
    return Label(say(phrase, "zh"), say(phrase, "en"))
