"""The two proofs: a kill at every sync, and what a power cut may leave."""

import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from console.domain.errors import KnownError
from tests.crash import images, session
from tests.crash.run import ELSEWHERE, TRACE, WATCHED, Player, When
from tests.crash.session import ACKS, Acks, Side


@dataclass(slots=True)
class Result:
    ends: int = 0  # kills or images
    answers: int = 0  # that had been given before them, over all
    wrong: list[str] = field(default_factory=list)

    def add(self, what: str, answers: int, wrong: Iterable[str]) -> None:
        self.ends += 1
        self.answers += answers
        self.wrong += [f"{what}: {said}" for said in wrong]

    @property
    def lost(self) -> list[str]:
        return [said for said in self.wrong if "lost: " in said]


def kills(side: Side, folder: Path) -> dict[When, Result]:
    """Kill one session at its first sync, one at its second, and so on until one comes to its end.

    After each the side that was killed is looked at, and then all three work on and exchange until they agree.
    """
    whens: tuple[When, ...] = ("before", "after")
    with ThreadPoolExecutor(len(whens)) as pool:
        return dict(zip(whens, pool.map(lambda when: _kills(side, when, folder / when), whens), strict=True))


def _kills(side: Side, when: When, folder: Path) -> Result:
    folder.mkdir()
    result = Result()
    with Player(folder) as player:
        while player.play(side, place := folder / str(result.ends + 1), kill=(result.ends + 1, when)):
            number = result.ends + 1
            syncs = sum(event.kind == "s" for event in images.read(place / TRACE))
            assert syncs == (number if when == "after" else number - 1)  # it was killed there and nowhere else
            acks = Acks.read((place / WATCHED / ACKS).read_bytes())
            wrong = found(side, place / WATCHED, acks)
            wrong += session.go_on(side, place / WATCHED, place / ELSEWHERE)
            result.add(f"{side} killed {when} sync {number}", len(acks), wrong)
            if not wrong:
                shutil.rmtree(place)
    return result


def record(player: Player, side: Side, folder: Path, synchronous: str | None = None) -> list[images.Event]:
    """What a whole session does to its files; held against the files themselves, so that nothing went past it."""
    assert not player.play(side, folder, synchronous=synchronous)
    events = images.read(folder / TRACE)
    disk = images.Disk()
    for event in events:
        disk.do(event)
    assert disk.now() == {file.name: file.read_bytes() for file in (folder / WATCHED).iterdir()}
    return events


def cuts(side: Side, made: Iterable[images.Image], folder: Path) -> Iterator[tuple[images.Image, int, list[str]]]:
    """Each image, how many answers had been given, and what is wrong. `folder` is where an image is laid down."""
    for image in made:
        image.lay_down(folder)
        acks = Acks.read(image.acks)
        yield image, len(acks), found(side, folder, acks)
        shutil.rmtree(folder)


def power(side: Side, events: list[images.Event], count: int, seed: int, folder: Path) -> Result:
    """`count` power cuts of one session."""
    result = Result()
    for image, answers, wrong in cuts(side, images.images(events, count, seed), folder):
        result.add(f"{side}, seed {seed}, image {result.ends} after event {image.cut}", answers, wrong)
    return result


def found(side: Side, folder: Path, acks: list[dict[str, object]]) -> list[str]:
    """Open the store as the next start would, and look. One that cannot be read has lost all it answered with."""
    try:
        return session.check(side, folder / f"{side}.db", acks)
    except (KnownError, DatabaseError, ValueError) as error:
        return [f"lost: {len(acks)} answers in a store that cannot be read: {error!r}"]
