"""An interrupted run of the tests ends at once: no process of it is left, and no other check begins."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.packaging.test_dev_sh import place as place
from tests.support_wait import WAIT_S, until

ROOT = Path(__file__).resolve().parents[2]

# What a check may start: a child, one in a session of its own whose parent is gone, and one that will not end.
CHECK = """#!{python}
import os, signal, subprocess, sys, time
def put(who):
    open(who + "-", "w").write(str(os.getpid()))
    os.rename(who + "-", who)
put("check")
if os.fork() == 0:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    put("stubborn")
elif os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    put("orphan")
time.sleep(3600)
"""
STARTED = ("check", "stubborn", "orphan")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_takes_everything_with_it(place: Path, how: signal.Signals) -> None:
    tools = place / ".venv/bin"
    tools.mkdir(parents=True)
    (tools / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tools / "ruff").write_text(CHECK.format(python=sys.executable))
    (tools / "lint-imports").write_text("#!/bin/sh\ntouch another\n")
    for tool in ("python", "ruff", "lint-imports"):
        (tools / tool).chmod(0o755)
    script = "source packaging/dev.sh; setup_testing() { :; }; main test"
    run = subprocess.Popen(["bash", "-c", script], cwd=place, stderr=subprocess.PIPE, text=True)
    until(lambda: all((place / name).exists() for name in STARTED), "everything has started")
    started = [int((place / name).read_text()) for name in STARTED]
    assert all(map(psutil.pid_exists, started))
    run.send_signal(how)
    said = run.communicate(timeout=WAIT_S)[1]
    assert run.returncode == 128 + how
    assert not any(map(psutil.pid_exists, started))
    assert "types" not in said and not (place / "another").exists()


def test_the_exit_code_is_the_commands() -> None:
    def code(command: str) -> int:
        together = [sys.executable, str(ROOT / "packaging/together.py"), "sh", "-c", command]
        return subprocess.run(together, check=False, timeout=WAIT_S).returncode

    assert [code("exit 0"), code("exit 3"), code("kill -KILL $$")] == [0, 3, 137]
