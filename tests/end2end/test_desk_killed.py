"""kill -9 at any moment of the main job: nothing of ours runs on, nothing is lost, the desk goes on where it was."""

import random
import time
from pathlib import Path

import pytest

from console.domain.assignment import Assignment
from console.domain.incident import Task
from console.store.check import verify_chain, verify_file
from console.sync.outbox import performed_ids
from tests.end2end.parts import Driven, left_of, opened, until

SEED = 20261122
MOMENTS = ("live", "incident", "dispatched", "dispatched")  # after which to wait a while and kill
DRAFT = "桥头已封,等"


@pytest.mark.timeout(600)
def test_killed_at_four_moments(tmp_path: Path) -> None:
    seeded = random.Random(SEED)
    data = tmp_path / "demo"
    kept_ids: set[str] = set()
    for number, moment in enumerate(MOMENTS):
        desk = Driven("walker.py", "walk", data, folder=tmp_path)
        desk.hear(moment)
        time.sleep(seeded.uniform(0.0, 2.5))
        family = desk.family()
        kinds = " ".join(left_of(family))
        for part in ("central", "console.simulate", "wall"):
            assert part in kinds, f"{part} did not run in the first place: {kinds}"
        desk.kill()
        until(lambda family=family: not left_of(family), f"kill {number}: no process of ours is left")

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
            ids = performed_ids(store)
        assert kept_ids <= ids, "what was done before the kill before is still there"
        kept_ids = ids

        if number == 0:
            continue
        again = Driven("walker.py", "look", data, folder=tmp_path)
        shown = again.hear("shown")["shown"]
        for what in ("incidents", "assignments", "tasks"):
            assert shown[what] == kept[what], f"kill {number}: {what}"
        assert set(shown["entries"]) >= kept["entries"]
        assert DRAFT not in kept["words"]
        if number > 1:
            (incident,) = kept["drafts"]
            assert kept["drafts"] == shown["drafts"] == {incident: DRAFT}
            assert shown["line"] == DRAFT, "the note typed and not sent stands in its line"
        compared = again.hear("lost")
        assert (compared["lost"], compared["doubled"]) == (0, 0), f"kill {number}"
        family = again.family()
        assert again.end() == 0, again.errors.read_text()[-2000:]
        until(lambda family=family: not left_of(family), "a closed desk leaves nothing either", 10)
