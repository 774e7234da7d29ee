"""The chain of the message log: nothing in it can be changed, dropped, moved or slipped in unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.log import GENESIS, Entry, Kind, Note, first_broken, seal
from console.domain.words import Label, Phrase

START = datetime(2026, 7, 1, tzinfo=UTC)
words = st.text(max_size=12)
labels = st.builds(Label, words, words)
phrases = st.builds(Phrase, words, st.dictionaries(words, words | st.integers() | labels, max_size=3))
notes = st.builds(
    Note,
    st.sampled_from(Kind),
    labels,
    st.none() | labels,
    words,
    st.none() | phrases,
    st.none() | words,
    st.none() | words,
)


def chain(said: list[Note]) -> list[Entry]:
    entries: list[Entry] = []
    for number, note in enumerate(said):
        at = START + timedelta(seconds=number)
        last = entries[-1] if entries else None
        entries.append(seal(note, id=f"e{number}", device="d1", author="duty", at=at, area="t", last=last))
    return entries


chains = st.lists(notes, min_size=1, max_size=8).map(chain)


@given(chains)
def test_a_whole_chain_is_whole_and_so_is_every_tail_of_it(entries) -> None:
    assert first_broken(entries) is None
    assert entries[0].previous == GENESIS and [e.number for e in entries] == list(range(1, len(entries) + 1))
    for cut in range(1, len(entries)):
        assert first_broken(entries[cut:], last=entries[cut - 1]) is None


CHANGES = {
    "id": lambda e: replace(e, id=e.id + "x"),
    "device": lambda e: replace(e, device="d2"),
    "number": lambda e: replace(e, number=e.number + 1),
    "at": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "author": lambda e: replace(e, author="someone"),
    "previous": lambda e: replace(e, previous="f" * 64),
    "hash": lambda e: replace(e, hash="0" * 64),
    "kind": lambda e: replace(e, note=replace(e.note, kind=next(k for k in Kind if k is not e.note.kind))),
    "sender": lambda e: replace(e, note=replace(e.note, sender=Label(e.note.sender.zh + "x", ""))),
    "receiver": lambda e: replace(e, note=replace(e.note, receiver=Label("x" * 20, ""))),
    "text": lambda e: replace(e, note=replace(e.note, text=e.note.text + " ")),
    "phrase": lambda e: replace(e, note=replace(e.note, phrase=Phrase("x" * 20))),
    "incident": lambda e: replace(e, note=replace(e.note, incident="x" * 20)),
    "corrects": lambda e: replace(e, note=replace(e.note, corrects="x" * 20)),
}


@pytest.mark.parametrize("part", CHANGES)
@given(entries=chains, data=st.data())
def test_any_change_is_found_at_the_entry_it_was_made_to(part, entries, data) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    forged = [*entries]
    forged[place] = CHANGES[part](entries[place])
    assert first_broken(forged) is forged[place]


@given(entries=chains, data=st.data())
def test_a_change_that_is_sealed_again_breaks_the_entry_after_it(entries, data) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    old = entries[place]
    note = replace(old.note, text=old.note.text + "!")
    last = entries[place - 1] if place else None
    forged = [*entries]
    forged[place] = seal(note, id=old.id, device=old.device, author=old.author, at=old.at, last=last)
    broken = first_broken(forged)
    assert broken is (forged[place + 1] if place + 1 < len(forged) else None)


@given(entries=chains, data=st.data())
def test_a_dropped_entry_is_found_at_the_one_after_it(entries, data) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    forged = entries[:place] + entries[place + 1 :]
    assert first_broken(forged) is (forged[place] if place < len(forged) else None)


@given(entries=chains, note=notes, data=st.data())
def test_an_entry_slipped_in_is_found_at_it_or_right_after(entries, note, data) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    last = entries[place - 1] if place else None
    slipped = seal(note, id="new", device="d1", author="duty", at=START, last=last)
    forged = [*entries[:place], slipped, *entries[place:]]
    assert first_broken(forged) in (forged[place], forged[place + 1])


@given(entries=chains, data=st.data())
def test_two_entries_changed_about_are_found(entries, data) -> None:
    place = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.integers(0, len(entries) - 1))
    forged = [*entries]
    forged[place], forged[other] = forged[other], forged[place]
    first = min(place, other)
    assert first_broken(forged) is (forged[first] if place != other else None)


def test_the_hash_does_not_change_with_the_program() -> None:
    """Chains that were written by an earlier version must still verify."""
    note = Note(Kind.RADIO, Label("交警 12", "Traffic 12"), text="桥面积水 20 厘米", incident="i1")
    entry = seal(note, id="e1", device="d1", author="duty", at=START, last=None)
    assert entry.hash == "263121729f829a3162a06c692bb5edf2c86af6d4784be54a39611888e4d41103"
