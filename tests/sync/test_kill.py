"""A desk is killed in the middle of its work, again and again: nothing lost, nothing doubled, nothing broken."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from console.store.check import verify_chain, verify_file
from console.sync import outbox
from tests.support_platform import ROOT, Desk, Platform, until


def test_a_killed_desk_goes_on_where_it_was(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform")
    said: set[str] = set()
    for turn in range(2):
        command = [sys.executable, "-m", "tests.support_burst", str(tmp_path / "desk.db"), platform.url]
        desk = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)
        with desk:
            assert desk.stdout
            said.add(desk.stdout.readline().strip())
            time.sleep(random.Random(turn).uniform(0.2, 0.8))
            if turn == 1:
                platform.kill()
            desk.send_signal(signal.SIGKILL)
            said.update(line.strip() for line in desk.stdout if line.endswith("\n"))
        if turn == 1:
            platform.start()

    again = Desk(tmp_path / "desk.db")
    assert again.submit(verify_file).result() == []
    assert again.submit(lambda store: verify_chain(store, store.device)).result() is None
    performed = again.submit(outbox.performed_ids).result()
    assert len(performed) >= 3 * len(said)
    assert said <= {row.id for row in again.see(lambda view: view.incidents(open_only=False, limit=10**6))}
    client = again.connect(platform.url)
    until(lambda: again.online() and again.settled())
    assert client.audit() == dict.fromkeys(performed, 1)
    again.close()
    platform.kill()
