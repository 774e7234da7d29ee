"""A clean room for every test: no display, no user data, one time zone, the repository's own packages."""

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

# `tests/widgets` must never be taken for `widgets`.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import sizes, support_wait

_home = Path(tempfile.mkdtemp(prefix="yiping-tests-"))
_home.chmod(0o700)
atexit.register(shutil.rmtree, _home, ignore_errors=True)

for _name in ("DISPLAY", "WAYLAND_DISPLAY", "LC_ALL", "LANGUAGE", "QT_STYLE_OVERRIDE", "QT_SCALE_FACTOR"):
    os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith("YIPING_")]:
    del os.environ[_name]

os.environ |= {
    "HOME": str(_home),
    "XDG_CONFIG_HOME": str(_home / "config"),
    "XDG_DATA_HOME": str(_home / "data"),
    "XDG_STATE_HOME": str(_home / "state"),
    "XDG_CACHE_HOME": str(_home / "cache"),
    "XDG_RUNTIME_DIR": str(_home),
    "LANG": "C.UTF-8",
    "LC_CTYPE": "C.UTF-8",
    "TZ": "Asia/Shanghai",
}
time.tzset()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if os.geteuid() == 0:
    # Chromium's sandbox refuses root; tests run as root only in containers.
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")

LONGEST = ("end2end", "sim", "crash")  # one file of theirs, begun last, would keep one worker busy alone


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the widest tests in full (tests/sizes.py)")


@pytest.hookimpl(tryfirst=True)  # before pytest-timeout reads it
def pytest_configure(config: pytest.Config) -> None:
    long = config.getoption("--long")
    sizes.NOW = sizes.LONG if long else sizes.ORDINARY
    if config.option.timeout is None:
        config.option.timeout = support_wait.LONG_TEST_S if long else support_wait.TEST_S


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)
