"""kill -9 at any moment of the main job: nothing of ours runs on, nothing is lost, the desk goes on where it was."""

import random
import time
from pathlib import Path
from typing import Any

from console.domain.assignment import Assignment
from console.domain.incident import Task
from console.store.check import verify_chain, verify_file
from console.sync.outbox import performed_ids
from tests import sizes
from tests.end2end.parts import Driven, left_of, opened
from tests.support_wait import until

SEED = 20261122
DRAFT = "桥头已封,等"


def test_killed_at_moments_of_the_main_job(tmp_path: Path) -> None:
    seeded = random.Random(SEED)
    data = tmp_path / "demo"
    kept: dict[str, Any] = {}
    for number, moment in enumerate(sizes.NOW.moments):
        desk = Driven("walker.py", "walk", data, folder=tmp_path)
        if number:
            goes_on_where_it_was(desk, kept)
        desk.hear(moment)
        time.sleep(seeded.uniform(0.0, 2.5))
        family = desk.family()
        kinds = " ".join(left_of(family))
        for part in ("central", "console.simulate", "wall"):
            assert part in kinds, f"{part} did not run in the first place: {kinds}"
        desk.kill()
        until(lambda family=family: not left_of(family), f"kill {number}: no process of ours is left")
        before, kept = kept, kept_by(data)
        assert before.get("ids", set()) <= kept["ids"], "what was done before the kill before is still there"

    again = Driven("walker.py", "look", data, folder=tmp_path)
    shown = goes_on_where_it_was(again, kept)
    (incident,) = kept["drafts"]
    assert kept["drafts"] == shown["drafts"] == {incident: DRAFT}
    assert shown["line"] == DRAFT, "the note typed and not sent stands in its line"
    compared = again.hear("lost")
    assert (compared["lost"], compared["doubled"]) == (0, 0)
    family = again.family()
    assert again.end() == 0, again.errors.read_text()[-2000:]
    until(lambda: not left_of(family), "a closed desk leaves nothing either")


def kept_by(data: Path) -> dict[str, Any]:
    """What is in the database that a kill left, which is whole."""
    with opened(data) as store:
        assert verify_file(store) == []
        with store.read() as view:
            devices = view.chains()
            kept = {
                "incidents": {i.id: [i.code, i.stage.value, i.level.value] for i in view.incidents(False)},
                "assignments": {a.id: sorted(a.times) for a in view.every(Assignment)},
                "tasks": {t.id: t.done_at is not None for t in view.every(Task)},
                "words": {e.note.text for e in view.entries(limit=5000)},
                "entries": {e.id for e in view.entries(limit=5000)},
                "drafts": view.setting("drafts", {}),
            }
        assert all(verify_chain(store, device) is None for device in devices)
        return kept | {"ids": performed_ids(store)}


def goes_on_where_it_was(desk: Driven, kept: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = desk.hear("shown")["shown"]
    for what in ("incidents", "assignments", "tasks"):
        assert shown[what] == kept[what], what
    assert set(shown["entries"]) >= kept["entries"]
    assert DRAFT not in kept["words"]
    return shown
