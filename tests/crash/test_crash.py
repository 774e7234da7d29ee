"""A crash loses nothing that was answered with: not a kill at any sync, and not a power cut."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import sizes
from tests.crash import images, proof
from tests.crash.run import Bug, Player
from tests.crash.session import SIDES, Side

IMAGES = 300  # at most, until one is found out


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Player]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Player(tmp_path_factory.mktemp("shim"))) for _ in range(2)]


@pytest.fixture
def player(players: list[Player]) -> Player:
    return players[0]


@pytest.mark.parametrize("side", SIDES)
def test_a_kill_at_any_sync_loses_nothing(side: Side, players: list[Player], tmp_path: Path) -> None:
    for result in proof.kills(players, side, tmp_path, sizes.NOW.syncs).values():
        assert result.wrong == []
        assert result.ends * sizes.NOW.syncs > 20 and result.answers > 4 * result.ends


@pytest.mark.parametrize(("side", "table"), [("desk", "outbox"), ("platform", "outcome")])
def test_a_transaction_in_two_parts_is_found_out(side: Side, table: str, player: Player, tmp_path: Path) -> None:
    kills = proof.each_kill(player, side, "after", tmp_path / "kills", Bug(commits_before=table))
    assert any(wrong for _number, _answers, wrong in kills)


@pytest.mark.parametrize("side", SIDES)
def test_a_power_cut_loses_nothing(side: Side, player: Player, tmp_path: Path) -> None:
    events = proof.record(player, side, tmp_path / "session")
    result = proof.power(side, events, sizes.NOW.power_cuts, 1, tmp_path / "image")
    assert result.wrong == []
    assert result.ends == sizes.NOW.power_cuts and result.answers > 4 * result.ends


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_a_store_that_syncs_too_little_is_found_out(
    side: Side, synchronous: str, player: Player, tmp_path: Path
) -> None:
    events = proof.record(player, side, tmp_path / "session", Bug(synchronous=synchronous))
    assert _one_is_lost(side, images.images(events, IMAGES, 1), tmp_path / "image")


@pytest.mark.parametrize("side", SIDES)
def test_a_disk_that_does_not_sync_is_found_out(side: Side, player: Player, tmp_path: Path) -> None:
    events = proof.record(player, side, tmp_path / "session")
    assert _one_is_lost(side, images.images(events, IMAGES, 1, deaf=True), tmp_path / "image")


def _one_is_lost(side: Side, made: Iterator[images.Image], folder: Path) -> bool:
    return any(said.startswith("lost: ") for _image, _acks, wrong in proof.cuts(side, made, folder) for said in wrong)
