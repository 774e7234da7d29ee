"""`yiping central key`: keys of service accounts, in the platform's own databases, while it runs or not."""

from getpass import getuser
from pathlib import Path

import click

from console.cli_parts import data_option, known
from console.settings import config_file, data_folder, load

database_option = click.option("--database", envvar="YIPING_DATABASE", help="PostgreSQL, as for yiping central.")
realm_option = click.option("--realm", default="live", show_default=True, help="live, or a drill.")


def _source(database: str | None, data: Path | None) -> str | Path:
    """As the group was told, where the command was not."""
    context = click.get_current_context()
    while context.parent is not None and context.info_name != "central":
        context = context.parent
    found: str | Path | None = data or database or context.params.get("data") or context.params.get("database")
    return found or data_folder() / "central"


def _pack(named: str | None) -> str:
    context = click.get_current_context()
    while context.parent is not None and context.info_name != "central":
        context = context.parent
    return named or context.params.get("pack") or load(config_file()).pack


@click.group()
def key() -> None:
    """Keys for systems that bring facts by POST /v1/intake: readings, positions, calls, statuses, alarms."""


@key.command("add")
@click.argument("name")
@click.option("--at", required=True, help="Path of the area or agency that it is for: dongguan/houjie.")
@click.option("--kind", "kinds", required=True, help="What it may bring, parted by commas: readings,positions.")
@click.option("--pack", help="Topic pack whose areas there are, by id.")
@realm_option
@data_option
@database_option
@known
def add(name: str, at: str, kinds: str, pack: str | None, realm: str, data: Path | None, database: str | None) -> None:
    """Make a key for the account NAME and print it: it is shown this once, and only its hash is kept."""
    from console.central.realms import opened
    from console.store.packs import find_pack, load_pack
    from console.sync import keys

    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    keys.check(load_pack(find_pack(_pack(pack), data_folder() / "packs")), name, at, wanted)
    with opened(_source(database, data), realm) as store:
        text, made = keys.add(store, name, at, wanted, getuser())
    click.echo(text)
    click.echo(f"{made.id}: 只显示这一次 Shown this once.", err=True)


@key.command("list")
@click.option("--all", "every", is_flag=True, help="Withdrawn ones too: who gave and who took them.")
@realm_option
@data_option
@database_option
@known
def list_(every: bool, realm: str, data: Path | None, database: str | None) -> None:
    """The keys in use: id, name, path, kinds, since when and by whom."""
    from console.central.realms import opened
    from console.sync import keys

    with opened(_source(database, data), realm) as store, store.read() as view:
        for one in keys.keys(view, removed=every):
            left = f"\t收回 withdrawn {one.removed_at:%Y-%m-%d %H:%M}Z {one.removed_by}" if one.removed_at else ""
            since = f"{one.added_at:%Y-%m-%d %H:%M}Z {one.added_by}"
            click.echo(f"{one.id}\t{one.name}\t{one.at}\t{','.join(one.kinds)}\t{since}{left}")


@key.command("remove")
@click.argument("named", metavar="ID|NAME")
@realm_option
@data_option
@database_option
@known
def remove(named: str, realm: str, data: Path | None, database: str | None) -> None:
    """Withdraw the key of this id, or all of this name. It opens nothing from that moment on."""
    from console.central.realms import opened
    from console.sync import keys

    with opened(_source(database, data), realm) as store:
        for one in keys.remove(store, named, getuser()):
            click.echo(f"{one.id}\t{one.name}\t收回 withdrawn")
