"""The wider sweep: `python -m tests.crash --images 5000`. One line of JSON for each proof; 1 when any failed."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import get_args

from tests.crash import proof
from tests.crash.run import Player
from tests.crash.session import Side

PER_SESSION = 500  # ids and times are new in each session, so that its pages are others


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--images", type=int, default=5000, help="power cuts, over both sides (default 5000)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="yiping-crash-"))
    good = True
    for side in get_args(Side):
        place = folder / side
        place.mkdir()
        for when, result in proof.kills(side, place).items():
            good &= _say(f"{side}, kill -9 {when} each sync", result)
        left = asked.images // len(get_args(Side))
        total = proof.Result()
        with Player(place) as player:
            for number in range(-(-left // PER_SESSION)):
                events = proof.record(player, side, place / f"session{number}")
                count = min(PER_SESSION, left - number * PER_SESSION)
                part = proof.power(side, events, count, asked.seed + number, place / "image")
                total = proof.Result(total.ends + part.ends, total.answers + part.answers, total.wrong + part.wrong)
        good &= _say(f"{side}, power cuts", total)
    return 0 if good else 1


def _say(what: str, result: proof.Result) -> bool:
    said = {"proof": what, "ends": result.ends, "answers": result.answers, "lost": len(result.lost)}
    print(json.dumps({**said, "wrong": result.wrong[:20]}), flush=True)
    return not result.wrong


if __name__ == "__main__":
    sys.exit(main())
