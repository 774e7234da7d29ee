"""Run a command; when it ends or is interrupted (SIGINT, SIGTERM, SIGHUP), end every process that it started.

    python packaging/together.py COMMAND...

The exit code is the command's, or 128 and the signal's number.
"""

import ctypes
import os
import signal
import sys
from typing import NoReturn

import psutil

GRACE_S = 4.0  # for tests to put their things away
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """A process that lost its parent becomes our child, whatever session it is in, so that it is found at the end."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def interrupted(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def ended(command: int) -> int:
    """The command's exit code, once it ended; orphans that end meanwhile are buried, as init would."""
    while True:
        pid, status = os.wait()
        if pid == command:
            return os.waitstatus_to_exitcode(status)


def end_all() -> None:
    """Ask all that is left to end, as Ctrl-C does; kill what does not."""
    for number in (signal.SIGINT, signal.SIGKILL):
        while family := psutil.Process().children(recursive=True):
            for process in family:
                try:
                    process.send_signal(number)
                except psutil.NoSuchProcess:
                    continue
            psutil.wait_procs(family, GRACE_S)
            if number == signal.SIGINT:
                break


def main() -> int:
    adopt_orphans()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        code = ended(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ))
        return code if code >= 0 else 128 - code
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        end_all()


if __name__ == "__main__":
    sys.exit(main())
