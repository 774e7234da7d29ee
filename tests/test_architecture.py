"""The house keeps its shape: which way the arrows point, what is loaded from where, who holds a colour."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("console", "widgets", "resources")
VENDORED = ROOT / "resources" / "web" / "leaflet"

# Hosts that a file may name. Nothing else may be reached unless the user's own settings say so.
HOSTS = {
    "127.0.0.1": "the desk's own children",
    "localhost": "the desk's own children",
    "host": "the help of a setting",
    "www.w3.org": "names of XML vocabularies, never fetched",
    "leafletjs.com": "Leaflet's own comment and attribution link",
    "bugs.chromium.org": "comments in Leaflet's style sheet",
    "bugzilla.mozilla.org": "comments in Leaflet's style sheet",
    "platform": "an example",
    "platform.example": "an example",
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)


def test_arrows_point_down() -> None:
    run = lint_imports(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


PLANTED = [
    ("Arrows point down", "console/store/planted.py", "import console.sync"),
    ("Arrows point down", "console/reports/planted.py", "import console.simulate"),
    ("Arrows point down", "console/central/planted.py", "import console.desk"),
    ("Widgets see", "widgets/planted.py", "import console.store"),
    ("Widgets see", "widgets/planted_too.py", "import console.settings"),
    ("Only the desk", "console/sync/planted.py", "from PySide6.QtCore import QObject"),
    ("The domain does no", "console/domain/planted.py", "import sqlalchemy"),
    ("The engine computes", "console/engine/planted.py", "import sqlite3"),
]


def test_a_planted_import_is_caught(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_all_but_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for _, path, line in PLANTED:
        (tmp_path / path).write_text(line + "\n", "utf-8")
    run = lint_imports(tmp_path)
    assert run.returncode != 0
    for contract, path, _ in PLANTED:
        assert re.search(rf"^{contract}.*BROKEN$", run.stdout, re.MULTILINE), contract
        module = path.removesuffix(".py").replace("/", ".")
        assert f"{module} -> " in run.stdout, run.stdout


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()]


def test_the_domain_is_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"console"}
    for file in python_files("console/domain"):
        for name in imported(ast.parse(file.read_text("utf-8"))):
            assert name.split(".")[0] in allowed, f"{file}: {name}"
            assert not name.startswith("console.") or name.startswith("console.domain"), f"{file}: {name}"


def test_the_domain_has_no_clock_and_opens_no_file() -> None:
    refused = re.compile(r"open|input|print|(\w+\.)*(now|utcnow|today|read_text|write_text|read_bytes|unlink)")
    for file in python_files("console/domain"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                assert not refused.fullmatch(ast.unparse(node.func)), f"{file}:{node.lineno}"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield node.module or ""


def python_files(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, folder
    return found


def foreign_hosts(text: str) -> set[str]:
    """The hosts a file names that nobody allowed."""
    hosts = {match[1] for match in re.finditer(r"(?:https?|wss?|rtsp|mqtts?)://([A-Za-z0-9][\w.-]*)", text)}
    hosts |= {match[1] for match in re.finditer(r"""(?:src|href)\s*=\s*["']//([\w.-]+)""", text)}
    hosts |= {match[1] for match in re.finditer(r"""url\(\s*["']?//([\w.-]+)""", text)}
    return {host for host in hosts if host not in HOSTS and not host.startswith("example.")}


def test_nothing_is_loaded_from_a_foreign_host() -> None:
    kinds = {".py", ".js", ".css", ".html", ".yaml", ".toml", ".csv", ".svg", ".json"}
    looked = 0
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*")):
            if file.suffix in kinds:
                looked += 1
                assert not foreign_hosts(file.read_text("utf-8")), file
    assert looked > 50


def test_a_foreign_host_would_be_seen() -> None:
    assert foreign_hosts('<script src="https://cdn.some.net/a.js">') == {"cdn.some.net"}
    assert foreign_hosts('<script src="//cdn.some.net/a.js">') == {"cdn.some.net"}
    assert foreign_hosts("a { background: url(//cdn.some.net/a.png) }") == {"cdn.some.net"}
    assert foreign_hosts('"http://127.0.0.1:80/" "http://{host}/"') == set()


COLOUR = re.compile(
    r"""["'`:\s(,]\#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b   # #rrggbb
      | \b(?:rgba?|hsla?)\(\s*\d                                          # rgb(1, ...
      | QColor\(\s*["'\d]                                                 # QColor("red"), QColor(1, ...
      | GlobalColor\.(?!transparent)                                      # Qt.GlobalColor.red
    """,
    re.VERBOSE,
)


def holds_a_colour(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if COLOUR.search(line)]


def test_no_widget_holds_a_colour() -> None:
    """Themes are data: a colour is asked for by its role."""
    files = [file for file in python_files("widgets") if file.name != "theme.py"]
    web = ROOT / "resources" / "web"
    files += [
        file
        for file in sorted(web.rglob("*"))
        if file.suffix in {".js", ".css"} and VENDORED not in file.parents and "theme" not in file.name
    ]
    for file in files:
        assert not holds_a_colour(file.read_text("utf-8")), file


@pytest.mark.parametrize(
    "line",
    ['x = "#ff5a52"', "color: #fff;", 'QColor("red")', "QColor(1, 2, 3)", "rgba(0, 0, 0, .4)", "GlobalColor.red"],
)
def test_a_colour_would_be_seen(line: str) -> None:
    assert holds_a_colour(line)


def test_a_role_is_no_colour() -> None:
    for line in ['theme.color("red")', "QColor(value)", "color: var(--red)", "GlobalColor.transparent", "# 123"]:
        assert not holds_a_colour(line)
