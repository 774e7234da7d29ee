"""The wider sweep: `python -m tests.crash --images 5000`. One line of JSON for each proof; 1 when any failed."""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.crash import proof
from tests.crash.run import Player
from tests.crash.session import SIDES

PER_SESSION = 500  # ids and times are new in each session, so that its pages are others


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--images", type=int, default=5000, help="power cuts, over both sides (default 5000)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="yiping-crash-"))
    good = True
    for shim in (shims := [folder / "1", folder / "2"]):
        shim.mkdir()
    with Player(shims[0]) as player, Player(shims[1]) as second:
        for side in SIDES:
            (place := folder / side).mkdir()
            for when, result in proof.kills((player, second), side, place).items():
                good &= _say(f"{side}, kill -9 {when} each sync", result)
            left = asked.images // len(SIDES)
            total = proof.Result()
            for number in range(-(-left // PER_SESSION)):
                events = proof.record(player, side, place / f"session{number}")
                count = min(PER_SESSION, left - number * PER_SESSION)
                part = proof.power(side, events, count, asked.seed + number, place / "image")
                total = proof.Result(total.ends + part.ends, total.answers + part.answers, total.wrong + part.wrong)
            good &= _say(f"{side}, power cuts", total)
    print(f"{folder} has the sessions", file=sys.stderr) if not good else shutil.rmtree(folder)
    return 0 if good else 1


def _say(what: str, result: proof.Result) -> bool:
    said = {"proof": what, "ends": result.ends, "answers": result.answers, "lost": len(result.lost)}
    print(json.dumps({**said, "wrong": result.wrong[:20]}), flush=True)
    return not result.wrong


if __name__ == "__main__":
    sys.exit(main())
