"""`yiping central`: the platform, its backups and what is like them."""

from ipaddress import ip_network
from pathlib import Path

import click

from console.cli_keys import key
from console.cli_parts import data_option, known, pack_folders
from console.settings import config_file, data_folder, load


def _networks(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for one in value:
        try:
            ip_network(one)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return value


database_option = click.option(
    "--database",
    envvar="YIPING_DATABASE",
    help="postgresql+psycopg://user:password@host/database, instead of SQLite files. "
    "Better given as YIPING_DATABASE, where other users of the machine do not see it.",
)


@click.group(invoke_without_command=True)
@data_option
@click.option("--pack", help="Topic pack whose users and towns it serves, by id.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8400, show_default=True)
@database_option
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; with --database.")
@click.option(
    "--proxy",
    "proxies",
    multiple=True,
    callback=_networks,
    help="Address or network of a proxy whose X-Forwarded-For and -Proto are believed; may be repeated.",
)
@click.option(
    "--relay", "above", metavar="URL", help="Be a town's platform below this one: store, forward, go on without it."
)
@click.option("--relay-user", default="relay", show_default=True, help="Who signs in above; with the right to relay.")
@click.option(
    "--relay-password",
    envvar="YIPING_RELAY_PASSWORD",
    show_envvar=True,
    help="Better given in the environment, where no list of processes shows it.",
)
@click.option(
    "--metrics-from",
    multiple=True,
    callback=_networks,
    help="Address or network that may ask for /metrics, beside this machine; may be repeated.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="warning",
    show_default=True,
    help="info: a line for every request.",
)
@click.option("--parent", type=int, hidden=True)
@click.pass_context
@known
def central(
    context: click.Context,
    data: Path | None,
    pack: str | None,
    host: str,
    port: int,
    database: str | None,
    workers: int,
    proxies: tuple[str, ...],
    above: str | None,
    relay_user: str,
    relay_password: str | None,
    metrics_from: tuple[str, ...],
    log_level: str,
    parent: int | None,
) -> None:
    """The reference central platform; its page is at /, its API at /docs. Without a command it serves."""
    if context.invoked_subcommand is not None:
        return
    from console.central.server import Above, serve
    from console.store.packs import find_pack, load_pack

    if above and not relay_password:
        raise click.UsageError("--relay 需要口令:请设置 YIPING_RELAY_PASSWORD。--relay needs YIPING_RELAY_PASSWORD.")
    folder = find_pack(pack or load(config_file()).pack, *pack_folders(data))
    serve(
        database or data or data_folder() / "central",
        load_pack(folder),
        host,
        port,
        parent,
        workers=workers,
        proxies=proxies,
        above=Above(above, relay_user, relay_password or "") if above else None,
        folder=folder,
        metrics_from=metrics_from,
        log_level=log_level,
    )


def _realms(database: str | None, data: Path | None) -> str | Path:
    """Where a platform keeps its realms, by the options of a subcommand and then of the group."""
    above = click.get_current_context().parent
    given = above.params if above else {}
    found: str | Path | None = data or database or given.get("data") or given.get("database")
    return found or data_folder() / "central"


central.add_command(key)


@central.command("backup")
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file.")
@data_option
@database_option
@known
def central_backup(file: Path, data: Path | None, database: str | None) -> None:
    """Every realm in one archive, each as it is at one moment; the platform goes on meanwhile."""
    from console.central.backup import back_up

    made = back_up(_realms(database, data), file)
    for name in made.realms:
        click.echo(name)
    click.echo(f"{file}: {file.stat().st_size:,} 字节 bytes")


@central.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@database_option
@known
def central_restore(file: Path, data: Path | None, database: str | None) -> None:
    """Put a backup in the place of what a stopped platform has; that is kept aside.

    Desks notice, and push again what the backup does not have.
    """
    from console.central.backup import restore

    restored = restore(file, _realms(database, data))
    for name, incarnation in restored.realms.items():
        click.echo(f"{name}\t{incarnation}")
    if restored.aside:
        click.echo(f"原有数据留在 What was there is kept in {restored.aside}")


@central.command("mint")
@data_option
@database_option
@known
def central_mint(data: Path | None, database: str | None) -> None:
    """Tell the desks that a stopped platform was restored, for one restored by other means than `restore`."""
    from console.central.backup import mint

    for name, incarnation in mint(_realms(database, data)).items():
        click.echo(f"{name}\t{incarnation}")
