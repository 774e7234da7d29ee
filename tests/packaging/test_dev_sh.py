"""The one command: it asks apt only for what is missing, does nothing twice, and goes on after a break."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support_wait import WAIT_S

ROOT = Path(__file__).resolve().parents[2]

# A machine made of functions: what dpkg has, what apt knows, and a log of what was asked of it.
MACHINE = """
source packaging/dev.sh
dpkg() { echo amd64; }
dpkg-query() { cat dpkg.txt; }
apt-cache() { grep -qx "${!#}" apt.txt && echo "Package: ${!#}"; }
privileged() { echo "$@" >> asked.txt; }
is_root() { true; }
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the repository's set-up in a folder of its own, on a made-up machine."""
    folder = tmp_path / "one screen 一屏"
    (folder / "packaging").mkdir(parents=True)
    for name in ("dev.sh", "together.py", "build.lock", "requirements.lock", "i18n.py"):
        shutil.copy(ROOT / "packaging" / name, folder / "packaging")
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "dpkg.txt").write_text("libegl1 amd64 ii \nlibnss3 i386 ii \nlibpango-1.0-0 amd64 rc \n")
    (folder / "apt.txt").write_text("")
    return folder


def bash(place: Path, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", MACHINE + script],
        cwd=place,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=WAIT_S,
    )


def asked(place: Path) -> list[str]:
    file = place / "asked.txt"
    return file.read_text().splitlines() if file.exists() else []


def know(place: Path, *names: str) -> None:
    (place / "apt.txt").write_text("".join(f"{name}\n" for name in names))


def test_only_what_is_missing_is_asked_for_after_one_update(place: Path) -> None:
    know(place, "libnss3", "libpango-1.0-0", "libegl1")
    run = bash(place, "install_packages '窗口|windows|libegl1' '网页|the map|libnss3' 'PDF|PDF|libpango-1.0-0'")
    assert run.returncode == 0, run.stderr
    update, install = asked(place)
    assert update.startswith("apt-get update")
    assert install.split()[-2:] == ["libnss3", "libpango-1.0-0"]
    assert "libegl1" not in install
    assert "网页 / the map: libnss3" in run.stderr
    assert "windows" not in run.stderr


def test_nothing_missing_asks_nothing(place: Path) -> None:
    run = bash(place, "install_packages '窗口|windows|libegl1'")
    assert run.returncode == 0
    assert asked(place) == []
    assert run.stderr == ""


def test_a_name_that_changed_with_t64_is_found_under_both(place: Path) -> None:
    know(place, "libasound2t64")
    assert bash(place, "install_packages '声音|sound|libasound2'").returncode == 0
    assert asked(place)[-1].split()[-1] == "libasound2t64"
    (place / "asked.txt").unlink()
    (place / "dpkg.txt").write_text("libasound2t64 amd64 ii \n")
    assert bash(place, "install_packages '声音|sound|libasound2'").returncode == 0
    assert asked(place) == []


def test_a_name_that_apt_may_not_have_is_left_out(place: Path) -> None:
    know(place, "libnss3")
    run = bash(place, "install_packages '网页|the map|libnss3 ?libharfbuzz-subset0'")
    assert run.returncode == 0
    assert asked(place)[-1].split()[-1] == "libnss3"


def test_a_name_unknown_to_apt_is_said_in_both_languages(place: Path) -> None:
    run = bash(place, "install_packages '视频|video|libvlc5'")
    assert run.returncode == 1
    assert "apt 找不到:libvlc5" in run.stderr
    assert "universe" in run.stderr
    assert "apt does not know" in run.stderr


def test_neither_root_nor_sudo_says_what_to_ask_for(place: Path) -> None:
    run = bash(
        place, "is_root() { false; }; command() { return 1; }; install_packages '视频|video|libvlc5 vlc-plugin-base'"
    )
    assert run.returncode == 1
    assert "apt-get install libvlc5 vlc-plugin-base" in run.stderr
    assert "neither root nor sudo" in run.stderr
    assert asked(place) == []


def test_a_held_lock_is_waited_for(place: Path) -> None:
    run = bash(
        place,
        """
        sleep() { echo "slept $1" >> asked.txt; }
        privileged() {
            echo "$*" >> asked.txt
            if [[ $(grep -c update asked.txt) == 1 ]]; then echo 'E: Could not get lock /var/lib/apt'; return 100; fi
        }
        apt_update
        """,
    )
    assert run.returncode == 0
    assert [line.split()[0] for line in asked(place)] == ["apt-get", "slept", "apt-get"]


@pytest.mark.parametrize(
    ("version", "wanted"), [("3.13.5-2", True), ("3.12.3-1ubuntu0.8", True), ("3.11.0~rc1-1~22.04", False)]
)
def test_only_a_released_python_is_taken_from_apt(place: Path, version: str, wanted: bool) -> None:
    script = """
        find_python() { grep -q "install.*python3.13 python3.13-venv" asked.txt 2>/dev/null; }
        apt-cache() {
            if [[ ${!#} =~ ^python3.13(-venv)?$ ]]; then printf 'Package: x\nVersion: %s\n' "$VERSION"; fi
        }
        ensure_python
        """
    run = bash(place, script, VERSION=version)
    assert run.returncode == (0 if wanted else 1), run.stderr
    assert any("install" in line for line in asked(place)) == wanted
    if not wanted:
        assert "There is no released Python" in run.stderr


STEPS = """
system_packages() { echo packages >> asked.txt; }
ensure_python() { echo python >> asked.txt; }
make_venv() { echo venv >> asked.txt; mkdir -p .venv/bin; ln -sf /bin/true .venv/bin/python; }
install_locked() { echo locked >> asked.txt; }
"""


def test_a_second_set_up_does_nothing(place: Path) -> None:
    assert bash(place, STEPS + "setup; setup").returncode == 0
    assert asked(place) == ["python", "packages", "venv", "locked"]
    assert bash(place, STEPS + "setup").stderr == ""
    assert len(asked(place)) == 4


@pytest.mark.parametrize("file", ["packaging/requirements.lock", "packaging/build.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_sets_up_again(place: Path, file: str) -> None:
    assert bash(place, STEPS + "setup").returncode == 0
    with (place / file).open("a") as out:
        out.write("# changed\n")
    assert bash(place, STEPS + "setup").returncode == 0
    assert asked(place).count("locked") == 2


def test_a_moved_folder_sets_up_again(place: Path) -> None:
    assert bash(place, STEPS + "setup").returncode == 0
    moved = place.rename(place.parent / "moved")
    assert bash(moved, STEPS + "setup").returncode == 0
    assert asked(moved).count("locked") == 2


def test_an_interrupted_set_up_is_done_again(place: Path) -> None:
    run = bash(place, STEPS + "install_locked() { exit 7; }; setup")
    assert run.returncode == 7
    assert not (place / ".venv" / ".yiping-stamp").exists()
    assert bash(place, STEPS + "setup").returncode == 0
    assert asked(place)[-1] == "locked"


def test_a_package_left_half_installed_is_forgotten(place: Path) -> None:
    site = place / ".venv/lib/python3.11/site-packages"
    for name in ("whole-1.dist-info", "half-1.dist-info"):
        (site / name).mkdir(parents=True)
    (site / "whole-1.dist-info" / "RECORD").touch()
    (place / ".venv/bin").mkdir()
    (place / ".venv/bin/python").symlink_to("/bin/true")
    assert bash(place, "install_locked").returncode == 0
    assert sorted(path.name for path in site.iterdir()) == ["whole-1.dist-info"]


def test_testing_parts_are_only_for_tests(place: Path) -> None:
    script = STEPS + 'system_packages() { echo "$@" >> asked.txt; }; setup; setup_testing; setup_testing'
    assert bash(place, script).returncode == 0
    rows = [line for line in asked(place) if "|" in line]
    assert len(rows) == 2
    assert "gst-rtsp-server" not in rows[0]
    assert "gst-rtsp-server" in rows[1]


def run_demo(place: Path, command: str, **env: str) -> subprocess.CompletedProcess[str]:
    program = place / ".venv/bin/yiping"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text('#!/bin/sh\necho "ran: $*"\n')
    program.chmod(0o755)
    return bash(place, f"setup() {{ :; }}; setup_headless() {{ echo headless >> asked.txt; }}; main {command}", **env)


def test_the_demo_opens_where_there_is_a_display(place: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        run = run_demo(place, "demo --speed 4", **{name: "x"})
        assert run.stdout == "ran: demo --speed 4\n"
        assert asked(place) == []


def test_the_demo_walks_itself_through_where_there_is_none(place: Path) -> None:
    run = run_demo(place, "demo --lang en")
    assert run.stdout.splitlines()[0] == "ran: demo --headless --walkthrough --shots build/shots --lang en"
    assert "没有显示器" in run.stderr
    assert "There is no display" in run.stderr
    assert str(place / "build/shots") in run.stderr
    assert asked(place) == ["headless"], "what it shows itself on is installed first"


def test_what_a_command_prints_can_be_piped(place: Path) -> None:
    run = run_demo(place, "bench dispatch --json")
    assert run.stdout == "ran: bench dispatch --json\n"
    assert run.stderr == ""


def test_a_machine_without_a_locale_gets_utf8(place: Path) -> None:
    bare = {"LANG": "", "LC_ALL": "", "LC_CTYPE": ""}
    assert bash(place, 'utf8; echo "$LC_CTYPE"', **bare).stdout == "C.UTF-8\n"
    assert bash(place, 'utf8; echo "$LC_ALL"', **bare | {"LC_ALL": "POSIX"}).stdout == "C.UTF-8\n"
    assert bash(place, 'utf8; echo "$LC_CTYPE"', **bare | {"LANG": "zh_CN.utf8"}).stdout == "\n"


def test_every_check_runs_and_a_failure_is_told(place: Path) -> None:
    for name, code in (("ruff", 1), ("lint-imports", 0), ("python", 0)):
        program = place / ".venv/bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*"\nexit {code}\n')
        program.chmod(0o755)
    run = bash(place, "checks tests/domain -q")
    assert run.returncode == 1
    assert run.stdout.splitlines() == [
        "ruff check .",
        "ruff format --check .",
        "python -m mypy",
        "lint-imports --no-cache",
        "python packaging/i18n.py --check",
        "python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/domain -q",
    ]
    assert "Failed:" in run.stderr


def test_the_pipeline_runs_the_same_command() -> None:
    assert 'exec bash packaging/dev.sh test "$@"' in (ROOT / ".ci" / "run").read_text()


def test_every_locked_package_has_a_hash() -> None:
    for name in ("requirements.lock", "build.lock"):
        text = (ROOT / "packaging" / name).read_text()
        packages = [block for block in text.replace("\\\n", " ").splitlines() if "==" in block]
        assert packages
        assert all("--hash=sha256:" in block for block in packages)
