"""A decoder process: `python -m console.video.worker`. Holds several players, knows nothing else.

Orders come on standard input and reports go to standard output, one JSON object a line:

    {"do": "open", "id": "...", "url": "...", "shm": "..."}     {"do": "close", "id": "..."}

    {"state": "ready"}     {"id": "...", "state": "failed", "fault": "password", "detail": "..."}
    {"id": "...", "state": "closed"}

Pictures go into the shared memory named by the order. When standard input closes, the desk is gone, and so
is this process. An address comes by no other way than the order: never as an argument, which every user could read.
"""

import json
import os
import sys
import threading
from typing import Any

from console.video.frames import FrameWriter
from console.video.player import Player
from console.video.vlc_player import VlcPlayer, instance, plays


def main() -> None:
    """Serve until standard input closes."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not reach the desk as a report
    writing = threading.Lock()

    def report(**message: Any) -> None:
        with writing:
            try:
                print(json.dumps(message, ensure_ascii=False), file=out, flush=True)
            except OSError:  # the desk is gone
                os._exit(0)

    libvlc = instance()
    report(state="ready")
    players: dict[str, Player | VlcPlayer] = {}
    for line in sys.stdin:
        order = json.loads(line)
        key = order["id"]
        if order["do"] == "open":
            try:
                writer = FrameWriter(order["shm"])
            except FileNotFoundError:  # closed again before we came to it
                report(id=key, state="closed")
                continue
            if libvlc is not None and plays(order["url"]):
                players[key] = VlcPlayer(libvlc, key, order["url"], writer, report)
            else:
                players[key] = Player(key, order["url"], writer, report)
        elif player := players.pop(key, None):
            player.close()
    # Stopping every player could wait on the network; nothing of ours outlives the process anyway.
    os._exit(0)


if __name__ == "__main__":
    main()
