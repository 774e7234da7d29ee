"""Any lines of the three lists, for the tests that send them round."""

from hypothesis import strategies as st

from console.domain.area import Tier
from console.domain.duty import (
    CardMessage,
    CardTask,
    Duty,
    Escalation,
    FieldKind,
    FormField,
    Limit,
    Matter,
    Need,
    SceneCard,
)
from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.lists import Content, Listed, id_of
from console.domain.words import Label
from console.domain.worktime import Measure, Span
from tests.support_pack import AREAS, TOWN

HARD = st.sampled_from(
    ["=1+1", "1|2", "a\\b", "甲/乙;丙", "007", "3e4", "TRUE", "-", "'x", "是", "1", "#REF!", "2026-01-05"]
)
WORD = HARD | st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters="\x85"), min_size=1, max_size=12
).map(str.strip).filter(bool)
NAME = st.builds(Label, WORD, WORD)
IDS = st.text("abcxyz019_-", min_size=1, max_size=6)
SPANS = st.builds(
    Span,
    st.integers(1, 300).map(float) | st.floats(0.001, 300, allow_nan=False),
    st.sampled_from(Measure),
)
NEEDS = st.builds(Need, st.just("fire"), st.integers(1, 99), NAME)
AGENCIES = st.sampled_from(["fire", "dong"])
MATTERS = ("flood", "fire", "x1", "x2")


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    middle = [s for s in Stage if Stage.REPORTED.rank < s.rank < Stage.CLOSED.rank]
    chosen = draw(st.sets(st.sampled_from(middle)))
    stages = (Stage.REPORTED, *(s for s in middle if s in chosen), Stage.CLOSED)
    if draw(st.booleans()):
        stages = (*stages, Stage.EVALUATED)
    fields = st.builds(
        FormField, IDS, NAME, st.sampled_from(FieldKind), st.booleans(), st.lists(NAME, max_size=3).map(tuple)
    )
    form = draw(st.lists(fields, max_size=3, unique_by=lambda field: field.code))
    return Matter(
        draw(st.sampled_from(MATTERS)),
        draw(NAME),
        draw(st.sampled_from(Level)),
        stages,
        draw(st.sampled_from(["", "0101", "06010"])),
        draw(NAME | st.just(Label("", ""))),
        tuple(form),
    )


@st.composite
def duties(draw: st.DrawFn) -> Duty:
    lead = draw(AGENCIES)
    steps = st.builds(Escalation, st.sampled_from(Limit), AGENCIES, SPANS | st.just(Span(0)))
    return Duty(
        "flood",
        lead,
        draw(st.sampled_from([(), ("dong" if lead == "fire" else "fire",)])),
        draw(st.dictionaries(st.sampled_from([limit.value for limit in Limit]), SPANS, max_size=4)),
        draw(st.sampled_from(["", *AREAS])),
        draw(st.none() | st.sampled_from(Tier)),
        tuple(draw(st.lists(steps, max_size=3))),
    )


CARDS = st.builds(
    SceneCard,
    id=IDS,
    matter=st.just("flood"),
    name=NAME,
    needs=st.lists(NEEDS, max_size=3).map(tuple),
    tasks=st.lists(
        st.builds(CardTask, NAME, st.none() | AGENCIES, st.booleans(), st.none() | SPANS), max_size=3
    ).map(tuple),
    messages=st.lists(st.builds(CardMessage, AGENCIES, NAME), max_size=2).map(tuple),
    cameras=st.integers(0, 16),
    reinforcements=st.lists(st.lists(NEEDS, max_size=2).map(tuple), max_size=3).map(tuple),
    wall=st.just("") | WORD,
    area=st.sampled_from(["", *AREAS]),
    least=st.none() | st.sampled_from(Level),
    hours=st.none() | st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda h: h[0] != h[1]),
    indicator=st.none() | st.just("river"),
)  # fmt: skip
CONTENTS: st.SearchStrategy[Content] = st.one_of(matters(), duties(), CARDS)


def listed(content: Content) -> Listed:
    return Listed(id_of(content, TOWN), TOWN, content)


LISTED = st.lists(CONTENTS.map(listed), max_size=5, unique_by=lambda row: row.id)
