"""The two proofs: a kill at every sync, and what a power cut may leave."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import images, session
from tests.crash.run import NO_BUG, TRACE, WATCHED, Bug, Player, When
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


def kills(players: Sequence[Player], side: Side, folder: Path, step: int = 1) -> dict[When, Result]:
    """Kill one session before its first sync, one before its second, and so on; and the same after each.

    With a `step` it is one in so many syncs.

    Takes two players, so that both go on at once.
    """
    whens: tuple[When, ...] = ("before", "after")

    def all_of(player: Player, when: When) -> Result:
        result = Result()
        for number, answers, wrong in each_kill(player, side, when, folder / when, step=step):
            result.add(f"{side} killed {when} sync {number}", answers, wrong)
        return result

    with ThreadPoolExecutor(len(whens)) as pool:
        return dict(zip(whens, pool.map(all_of, players, whens), strict=True))


def each_kill(
    player: Player, side: Side, when: When, folder: Path, bug: Bug = NO_BUG, step: int = 1
) -> Iterator[tuple[int, int, list[str]]]:
    """Each `step`th sync up to the session's end, how many answers had been given, and what is wrong.

    The side that was killed is looked at, and then all three work on and exchange until they agree.
    """
    folder.mkdir()
    number = 1
    while player.play(side, place := folder / str(number), (number, when), bug):
        syncs = sum(event.kind == "s" for event in images.read(place / TRACE))
        assert syncs == (number if when == "after" else number - 1)  # it was killed there and nowhere else
        acks = Acks.read((place / WATCHED / ACKS).read_bytes())
        yield number, len(acks), (wrong := player.go_on(side, place))
        if not wrong:
            shutil.rmtree(place)
        number += step


def record(player: Player, side: Side, folder: Path, bug: Bug = NO_BUG) -> list[images.Event]:
    """What a whole session does to its files; held against the files themselves, so that nothing went past it."""
    assert not player.play(side, folder, bug=bug)
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
        yield image, len(acks), session.check(side, folder, acks)
        shutil.rmtree(folder)


def power(side: Side, events: list[images.Event], count: int, seed: int, folder: Path) -> Result:
    """`count` power cuts of one session."""
    result = Result()
    for image, answers, wrong in cuts(side, images.images(events, count, seed), folder):
        result.add(f"{side}, seed {seed}, image {result.ends} after event {image.cut}", answers, wrong)
    return result
