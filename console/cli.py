"""The `yiping` command. Everything heavy is imported by the command that needs it."""

import re
import runpy
import sys
from pathlib import Path
from tempfile import mkdtemp

import click

from console import __version__
from console.cli_backup import backup, restore
from console.cli_calls import import_calls
from console.cli_central import central
from console.cli_feed import feed
from console.cli_lists import export_lists, import_lists
from console.cli_parts import data_option, known, language_option, pack_folders
from console.cli_report import report
from console.domain.words import Lang
from console.settings import change, config_file, data_folder, described, load


def _size(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{2,4}x[1-9]\d{2,4}", value):
        raise click.BadParameter(f"{value!r} is not a size such as 1920x1080")
    return value


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yiping")
def main() -> None:
    """Yiping (一屏): one screen for a town command centre."""


@main.command()
@data_option
@language_option
@click.option("--fresh", is_flag=True, help="Forget the last demo and begin anew.")
@click.option("--speed", type=click.FloatRange(0, 60), help="Of the scenario: 1, or 4 in a walkthrough.")
@click.option("--headless", is_flag=True, help="Without a display.")
@click.option("--walkthrough", is_flag=True, help="Do the whole main job by keys and clicks, and report.")
@click.option("--shots", type=click.Path(path_type=Path), help="Where the walkthrough leaves its pictures.")
@click.option("--size", default="1920x1080", show_default=True, callback=_size, help="Of the screen when headless.")
@known
def demo(
    data: Path | None,
    lang: Lang | None,
    fresh: bool,
    speed: float | None,
    headless: bool,
    walkthrough: bool,
    shots: Path | None,
    size: str,
) -> None:
    """A command centre at work: a simulated town, its platform and this desk, on this machine only."""
    from console.desk.plan import Options

    if walkthrough and data is None:
        data = Path(mkdtemp(prefix="yiping-walkthrough-"))  # a demo that was begun is left alone
    options = Options(
        data=data or data_folder() / "demo",
        language=lang,
        demo=True,
        fresh=fresh,
        speed=speed or (4.0 if walkthrough else 1.0),
        scenario="demo-town",
    )
    if walkthrough:
        from console.desk.walkthrough import walk

        width, height = map(int, size.split("x"))
        sys.exit(walk(options, shots or Path("build/shots"), (width, height), headless))
    if headless:
        from console.desk.screens import go_headless

        go_headless(size)
    from console.desk import start

    sys.exit(start.desk(options))


@main.command()
@data_option
@language_option
@click.option("--platform", help="Address of the central platform; overrides the setting.")
@click.option("--pack", help="Topic pack of the centre, by id; overrides the setting.")
@click.option("--realm", default="live", show_default=True, help="live, or one that calls were imported into.")
@known
def desk(data: Path | None, lang: Lang | None, platform: str | None, pack: str | None, realm: str) -> None:
    """The duty officer's desk."""
    from console.desk import start
    from console.desk.plan import Options

    options = Options(data=data or data_folder(), language=lang, platform=platform, pack=pack, realm=realm)
    sys.exit(start.desk(options))


@main.command()
@data_option
@language_option
@click.option("--realm", default="live", show_default=True, help="live, or the drill to show.")
@click.option("--demo", "demo_", is_flag=True, help="The wall of the running demo.")
@click.option("--beside", default="", help="Name of a screen to leave to the desk.")
@click.option("--shots", type=click.Path(path_type=Path), help="Leave a picture of each screen here, every second.")
@click.option("--parent", type=int, hidden=True)
@known
def wall(
    data: Path | None,
    lang: Lang | None,
    realm: str,
    demo_: bool,
    beside: str,
    shots: Path | None,
    parent: int | None,
) -> None:
    """The wall of this machine's desk, full screen on each connected screen."""
    from console.desk import start
    from console.desk.plan import Options

    folder = data or (data_folder() / "demo" if demo_ else data_folder())
    options = Options(data=folder, language=lang, realm=realm, beside=beside, shots=shots, parent=parent)
    sys.exit(start.wall(options))


main.add_command(central)
main.add_command(report)
main.add_command(backup)
main.add_command(restore)
main.add_command(feed)


@main.group()
def drill() -> None:
    """Drills: scenarios run on the same desk, in a realm of their own."""


@drill.command("list")
@known
def drill_list() -> None:
    """The scenarios there are."""
    from console.store.scenarios import find_scenarios, load_scenario

    for id, file in sorted(find_scenarios(data_folder() / "scenarios").items()):
        scenario = load_scenario(file)
        click.echo(f"{id}\t{scenario.name.zh}\t{scenario.name.en}\t{scenario.length_s / 60:.0f} min")


@drill.command("run")
@click.argument("scenario")
@data_option
@language_option
@click.option("--speed", type=click.FloatRange(0, 60), default=1.0, show_default=True)
@known
def drill_run(scenario: str, data: Path | None, lang: Lang | None, speed: float) -> None:
    """Open the desk in a drill realm and run SCENARIO (an id or a file). Live data is not touched."""
    from console.desk import start
    from console.desk.plan import Options

    folder = data or data_folder() / "demo"
    sys.exit(start.desk(Options(data=folder, language=lang, drill=True, speed=speed, scenario=scenario)))


@main.group()
def pack() -> None:
    """Topic packs: folders of plain files, shipped or in the packs folder of the user's data."""


@pack.command("list")
@data_option
@known
def pack_list(data: Path | None) -> None:
    """The packs there are, each with its folder."""
    from console.store.packs import check_pack, find_packs, load_pack

    for id, folder in sorted(find_packs((data or data_folder()) / "packs").items()):
        if problems := check_pack(folder):
            click.echo(f"{id}\t{len(problems)} 处问题 problems: yiping check pack {folder}")
        else:
            content = load_pack(folder)
            click.echo(f"{id}\t{content.name.zh}\t{content.name.en}\t{folder}")


@main.command()
@click.argument("key", required=False)
@click.argument("value", required=False)
@known
def settings(key: str | None, value: str | None) -> None:
    """Show every setting with its meaning; with KEY and VALUE, change one."""
    file = config_file()
    now = load(file) if key is None or value is None else change(file, {key: value})
    for name, shown, help in described(now):
        if key in (None, name):
            click.echo(f"{name} = {shown}\n    {help.zh}\n    {help.en}")
    click.echo(f"# {file}")


@main.group()
def check() -> None:
    """Look for faults: in a topic pack, in a message log."""


@check.command("pack")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@language_option
def check_pack(folder: Path, lang: Lang | None) -> None:
    """What is wrong in a topic pack, with file and line. Exits with 1 if anything is."""
    from console.store import packs

    problems = packs.check_pack(folder)
    for problem in problems:
        click.echo(f"{problem.file}:{problem.line}: {problem.message.text(lang or 'zh')}")
    if problems:
        sys.exit(1)
    pack = packs.load_pack(folder)
    click.echo(f"{pack.id}: {len(pack.units)} 力量 units, {len(pack.cameras)} 视频 cameras, ", nl=False)
    click.echo(f"{len(pack.indicators)} 指标 indicators, {len(pack.matters)} 事项 matters. 没有问题 No problems.")


@check.command("log")
@data_option
@click.option("--realm", default="live", show_default=True)
@click.option("--demo", "demo_", is_flag=True, help="The demo's log.")
@known
def check_log(data: Path | None, realm: str, demo_: bool) -> None:
    """Verify the hash chain of every device's message log as it is seen here. Exits with 1 if one is broken."""
    from console.desk.files import DeskFiles
    from console.store.check import verify_seen
    from console.store.store import Store

    files = DeskFiles(data or (data_folder() / "demo" if demo_ else data_folder()), realm)
    store = Store.open(files.database, files.key(), realm=realm, read_only=True)
    with store.read() as view:
        lengths = view.chains()
    broken = False
    for device, count in lengths.items():
        bad = verify_seen(store, device)
        broken |= bad is not None
        verdict = f"断于 broken at {bad.number} ({bad.id})" if bad else "完整 whole"
        click.echo(f"{device}: {count} 条 entries, {verdict}")
    store.close()
    sys.exit(1 if broken else 0)


@main.group("import")
def import_() -> None:
    """Take in what another system has: cameras, calls, the three lists as a workbook."""


import_.add_command(import_calls)
import_.add_command(import_lists)


@main.group("export")
def export() -> None:
    """Write out what this desk has: the three lists as a workbook."""


export.add_command(export_lists)


@import_.command("cameras")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--platform", help="Address of the running platform.")
@click.option("--user", help="Who commands the whole tree there.")
@click.option("--password", envvar="YIPING_PASSWORD", help="Asked for when it is neither here nor in YIPING_PASSWORD.")
@data_option
@click.option("--database", envvar="YIPING_DATABASE", help="PostgreSQL, as for yiping central.")
@click.option("--pack", help="Topic pack whose areas there are, by id; the platform has its own.")
@language_option
@known
def import_cameras(
    file: Path,
    platform: str | None,
    user: str | None,
    password: str | None,
    data: Path | None,
    database: str | None,
    pack: str | None,
    lang: Lang | None,
) -> None:
    """Publish the cameras of FILE (CSV) as the catalogue, all of it: through the running platform, or into the
    databases of one that is stopped. A PostgreSQL database may be in use. Exits with 1 if any line was refused.

    The columns: id, name_zh, name_en, kind, lon, lat, main_url, sub_url, area, indicator.
    """
    if platform:
        from console.sync.sending import send_cameras

        user = user or click.prompt("用户 User")
        password = password or click.prompt("密码 Password", hide_input=True)
        done = send_cameras(platform.rstrip("/"), user, password, file)
    else:
        from console.central.camera_file import publish_stopped
        from console.store.packs import find_pack, load_pack

        content = load_pack(find_pack(pack or load(config_file()).pack, *pack_folders(data)))
        done = publish_stopped(database or data or data_folder() / "central", file, content.areas)
    for one in done.wrong:
        click.echo(f"{file.name}:{one.line}: {one.en if lang == 'en' else one.zh}")
    if done.refused > len(done.wrong):
        click.echo(f"… {done.refused - len(done.wrong)} 行以上未列出 more lines")
    click.echo(f"{done.cameras} 路视频 cameras, {done.parts} 个分片 parts, {done.refused} 行未收 lines refused")
    if done.refused:
        sys.exit(1)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str, arguments: tuple[str, ...]) -> None:
    """Run the benchmark NAME of tests/bench: a table, then one JSON object."""
    folder = Path(__file__).parents[1] / "tests" / "bench"
    file = folder / f"{name.replace('-', '_')}.py"
    if not file.exists():
        there = sorted(f.stem.replace("_", "-") for f in folder.glob("*.py") if "\ndef main(" in f.read_text("utf-8"))
        raise click.ClickException(f"no benchmark {name!r} (there are: {', '.join(there)})")
    sys.argv = [str(file), *arguments]
    module = runpy.run_path(str(file))
    sys.exit(module["main"](list(arguments)))
