"""Collects what is shown on screen into `resources/i18n/yiping_en.ts`, and compiles it for the desk.

    python packaging/i18n.py           take up new words, drop old ones, compile; say what is not translated
    python packaging/i18n.py --check   change nothing; fail where that would change something or a word is missing

Chinese is in the source; English is in the .ts file, edited by hand or with Qt Linguist.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "i18n"
NAME = "yiping_en"
SOURCES = ("console/desk", "widgets")
Missing = list[tuple[str, str]]


def collect(folder: Path) -> None:
    """Bring `folder`'s .ts up to date with the sources, and compile it there."""
    files = sorted(str(file) for source in SOURCES for file in (ROOT / source).rglob("*.py"))
    ts = folder / f"{NAME}.ts"
    languages = ["-source-language", "zh_CN", "-target-language", "en_GB"]
    _tool("lupdate", "-silent", "-no-obsolete", "-locations", "none", *languages, *files, "-ts", str(ts))
    _tool("lrelease", "-silent", str(ts), "-qm", str(folder / f"{NAME}.qm"))


def missing(ts: Path) -> Missing:
    """The words without an English one or without a context, each with its context."""
    return [
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in ET.parse(ts).getroot().iter("context")
        for message in context.iter("message")
        if _unfinished(message) or not context.findtext("name")
    ]


def _unfinished(message: ET.Element) -> bool:
    translation = message.find("translation")
    if translation is None or translation.get("type") == "unfinished":
        return True
    forms = [form.text for form in translation.iter("numerusform")] or [translation.text]
    return not all(forms)


def stale(kept: Path, fresh: Path) -> list[str]:
    """The files that a fresh collection would change."""
    names = [f"{NAME}.ts", f"{NAME}.qm"]
    return [
        name
        for name in names
        if not (kept / name).exists() or (kept / name).read_bytes() != (fresh / name).read_bytes()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something is stale")
    if not parser.parse_args().check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        collect(FOLDER)
        return _report(missing(FOLDER / f"{NAME}.ts"), [])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if (FOLDER / f"{NAME}.ts").exists():
            shutil.copy(FOLDER / f"{NAME}.ts", folder)
        collect(folder)
        return _report(missing(folder / f"{NAME}.ts"), stale(FOLDER, folder))


def _report(words: Missing, files: list[str]) -> int:
    for context, source in words:
        if context:
            print(f"not translated: {context}: {source}")
        else:
            print(f"without a context, so never found at run time (write translate(context, text)): {source}")
    for file in files:
        print(f"not fresh: resources/i18n/{file}; run: bash packaging/dev.sh i18n")
    if not words and not files:
        print("translations are fresh and complete")
    return 1 if words or files else 0


def _tool(name: str, *args: str) -> None:
    program = Path(sys.executable).parent / f"pyside6-{name}"
    run = subprocess.run([program, *args], cwd=ROOT, capture_output=True, text=True, check=False)
    said = run.stdout + run.stderr
    if run.returncode or "warning" in said.lower():
        raise SystemExit(f"{name}: {said.strip()}")


if __name__ == "__main__":
    raise SystemExit(main())
