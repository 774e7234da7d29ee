"""`yiping import calls`: the calls of another system, loaded or replayed by the way of every call."""

import csv
import gc
import json
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.cli_parts import data_option, known, language_option
from console.domain.words import Label, Lang, Phrase
from console.settings import config_file, data_folder, load

if TYPE_CHECKING:
    from console.connect.calls_file import CallsFile
    from console.sync.loading import Loading

EVERY_S = 2.0  # a line of progress


def _realm(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
        raise click.BadParameter(f"{value!r}: a-z, 0-9 and - only")
    return value


@click.command("calls")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="What its columns mean (YAML), see docs/calls.md.")  # fmt: skip
@click.option("--replay", type=click.FloatRange(0, min_open=True), metavar="SPEED",
              help="Play it in time order, so many times as fast as it was.")  # fmt: skip
@click.option("--realm", default="calls", show_default=True, callback=_realm,
              help="Where it goes. Live work is another realm and sees nothing of it.")  # fmt: skip
@click.option("--platform", help="Address of a running platform, whose desks then see it.")
@click.option("--user", help="Who does it; with --platform, who signs in and commands there.")
@click.option("--password", envvar="YIPING_PASSWORD", help="Asked for when it is neither here nor in YIPING_PASSWORD.")
@click.option("--odd", "odd_file", type=click.Path(dir_okay=False, path_type=Path), help="All that is odd, as CSV.")
@click.option("--pack", help="Topic pack of the centre, by id; overrides the setting.")
@data_option
@language_option
@known
def import_calls(
    file: Path, mapping: Path, replay: float | None, realm: str, platform: str | None, user: str | None,
    password: str | None, odd_file: Path | None, pack: str | None, data: Path | None, lang: Lang | None,
) -> None:  # fmt: skip
    """Take in the calls of FILE (CSV): one row is one unit on one call, or one call. No fact is turned away.

    What is odd is listed; the last line is JSON. Doing it again changes nothing, and goes on where it was interrupted
    (Ctrl+C ends it after the calls it is at).
    """
    from console.connect.calls_file import CallsFile
    from console.desk.files import DeskFiles
    from console.domain.phrases import say
    from console.domain.record import IMPORT
    from console.store.packs import find_pack, load_pack
    from console.store.plain import FileProblems
    from console.store.store import Store
    from console.sync.loading import Loading, Person
    from console.sync.uplink import Uplink

    lang, folder = lang or "zh", data or data_folder()
    content = load_pack(find_pack(pack or load(config_file()).pack, folder / "packs"))
    try:
        calls = CallsFile(file, mapping, content)
    except FileProblems as wrong:
        for problem in wrong.problems:
            where = f"{problem.file}:{problem.line}" if problem.line else problem.file
            click.echo(f"{where}: {problem.message.text(lang)}", err=True)
        sys.exit(2)
    files = DeskFiles(folder / "import" if platform else folder, realm)
    files.database.parent.mkdir(parents=True, exist_ok=True)
    store = Store.open(files.database, files.key(), realm=realm, areas=content.areas)
    began, stop = time.monotonic(), threading.Event()
    uplink = None
    try:
        if platform:
            user = user or click.prompt("用户 User")
            password = password or click.prompt("密码 Password", hide_input=True)
            uplink = Uplink(store, platform, user, password)
            uplink.sign_in()
        named = content.users.get(user or "")
        loading = Loading(store, content, Person(user or "import", named.name if named else IMPORT))
        loading.on_odd = lambda odd, what: calls.odd.note(odd, 0, what)
        gc.freeze()  # or every collection walks all that was loaded so far
        _tell_file(calls, lang)
        _tell_progress(calls, loading, lang, uplink.try_push if uplink else lambda: None)
        signal.signal(signal.SIGINT, lambda *_: stop.set() if calls.calls else _abort())
        with _listing(calls, odd_file, lang):
            records = calls.records(datetime.now(UTC))
            if replay:
                loading.replay(records, replay, stop)
            else:
                loading.load(records, stop)
        turned_away = list(loading.refused)
        if uplink:
            turned_away += uplink.settle()
    finally:
        if uplink:
            uplink.close()
        store.close()
    _tell_odd(calls, lang)
    for phrase in turned_away[:20]:
        click.echo(say(phrase, lang))
    done = loading.done
    if stop.is_set():
        click.echo(say(Phrase("calls_interrupted", {"count": loading.calls}), lang))
    click.echo(
        json.dumps(
            {
                "rows": calls.rows,
                "incidents": done.incidents,
                "assignments": done.assignments,
                "facts": done.facts,
                "known": done.known,
                "left_open": done.left_open,
                "odd": {str(odd.value): count for odd, count in calls.odd.counts.most_common()},
                "refused": len(turned_away),
                "encoding": calls.table.encoding,
                "delimiter": calls.table.delimiter,
                "interrupted": stop.is_set(),
                "seconds": round(time.monotonic() - began, 2),
            }
        )
    )


def _abort() -> None:
    """Nothing was taken in yet."""
    raise KeyboardInterrupt


def _tell_file(calls: "CallsFile", lang: Lang) -> None:
    """How the file is read, where that was found out and nobody said it."""
    from console.domain.phrases import say

    table = calls.table
    names = {"\t": Label("制表符", "tab"), " ": Label("空格", "space")}
    delimiter = names.get(table.delimiter, Label(table.delimiter, table.delimiter))
    given: dict[str, str | int | float | Label] = {"encoding": table.encoding, "delimiter": delimiter}
    code = "calls_read_as" if calls.mapping.encoding else "calls_guessed" if table.guessed else "calls_found"
    click.echo(say(Phrase(code, given), lang))
    if table.top.before:
        said: dict[str, str | int | float | Label] = {
            "count": len(table.top.before),
            "first": table.top.before[0][:80],
            "line": table.top.lines,
        }
        click.echo(say(Phrase("calls_before", said), lang))


def _tell_progress(calls: "CallsFile", loading: "Loading", lang: Lang, then: Callable[[], None]) -> None:
    from console.domain.phrases import say

    began = last = time.monotonic()

    def soon(code: str, **args: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            click.echo(say(Phrase(code, args), lang), err=True)

    def on_calls(count: int) -> None:
        then()
        taken = calls.rows * count // max(calls.calls, 1)
        pace = int(taken / max(time.monotonic() - began, 0.001))
        soon("calls_taken", count=count, all=calls.calls, facts=loading.done.facts, pace=pace)

    calls.on_row = lambda rows: soon("calls_rows", rows=rows) if rows % 1000 == 0 else None
    loading.on_progress = on_calls


@contextmanager
def _listing(calls: "CallsFile", file: Path | None, lang: Lang) -> Iterator[None]:
    """All that is odd goes into a file as it is met."""
    if file is None:
        yield
        return
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        table = csv.writer(text)
        table.writerow(["line", "code", "odd", "what"])
        calls.odd.on_each = lambda odd, line, what: table.writerow([line, odd.value, odd.label.text(lang), what])
        yield


def _tell_odd(calls: "CallsFile", lang: Lang) -> None:
    for odd, count in calls.odd.counts.most_common():
        click.echo(f"{odd.label.text(lang)}: {count}")
        for line, what in calls.odd.examples[odd]:
            click.echo(f"    {calls.table.file.name}:{line}: {what}")
