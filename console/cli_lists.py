"""`yiping export lists` and `yiping import lists`: the three lists as a workbook."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.cli_parts import data_option, known, language_option
from console.domain.words import Lang
from console.settings import config_file, data_folder, load

if TYPE_CHECKING:
    from console.desk.files import DeskFiles
    from console.domain.operation import Actor
    from console.domain.pack import Pack

realm_option = click.option("--realm", default="live", show_default=True)
demo_option = click.option("--demo", "demo_", is_flag=True, help="The demo's lists.")
pack_option = click.option("--pack", help="Topic pack of the centre, by id; overrides the setting.")


@click.command("lists")
@click.option("-o", "--output", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="XLSX.")
@data_option
@realm_option
@demo_option
@pack_option
@language_option
@known
def export_lists(file: Path, data: Path | None, realm: str, demo_: bool, pack: str | None, lang: Lang | None) -> None:
    """Write the matters, duties and scene cards to a workbook, as they hold on this desk. A desk may be running."""
    from console.domain.lists import Listed
    from console.store.list_book import export

    files, content = _desk(data, realm, demo_, pack)
    listed: list[Listed] = []
    if files.database.exists():
        from console.store.store import Store

        store = Store.open(files.database, files.key(), realm=realm, read_only=True)
        with store.read() as view:
            listed = view.every(Listed)
        store.close()
    count = export(file, content, listed, lang or "zh")
    click.echo(f"{file}: {count} 行 lines")


@click.command("lists")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--user", help="Who commands the centre's area.")
@click.option("--password", envvar="YIPING_PASSWORD", help="Asked for when it is neither here nor in YIPING_PASSWORD.")
@data_option
@realm_option
@demo_option
@pack_option
@language_option
@known
def import_lists(
    file: Path,
    dry_run: bool,
    user: str | None,
    password: str | None,
    data: Path | None,
    realm: str,
    demo_: bool,
    pack: str | None,
    lang: Lang | None,
) -> None:
    """Take the lines of a workbook into the three lists of this desk, which must be closed; the platform hears of it
    when it runs again. Lines with a mistake are kept in a workbook of their own. Exits with 1 if any was refused.
    """
    from console.domain.errors import KnownError
    from console.domain.lists import Listed
    from console.domain.words import Phrase
    from console.store.list_book import Change, keep_refused, preview
    from console.store.store import Store

    said: Lang = lang or "zh"
    files, content = _desk(data, realm, demo_, pack)
    if not files.database.exists() and not dry_run:
        raise KnownError(Phrase("store_missing", {"path": str(files.database)}))
    store = None
    if files.database.exists():
        store = Store.open(files.database, files.key(), realm=realm, read_only=dry_run, areas=content.areas)
    try:
        listed: list[Listed] = []
        if store is not None:
            with store.read() as view:
                listed = view.every(Listed)
        found = preview(file, content, listed)
        for problem in found.problems:
            click.echo(f"{problem.file}:{problem.line}: {problem.message.text(said)}")
        for one in found.refused:
            click.echo(f"{one.kind.label.text(said)}:{one.row}: {' '.join(why.text(said) for why in one.why)}")
        for read in found.read:
            if read.change is not Change.SAME:
                click.echo(f"{read.kind.label.text(said)}:{read.row}: {read.change.label.text(said)} ", nl=False)
                click.echo(f"{read.name.text(said)} {' '.join(each.text(said) for each in read.fields)}".rstrip())
        counts = ", ".join(f"{found.count(one)} {one.label.zh} {one.label.en.lower()}" for one in Change)
        click.echo(f"{counts}, {len(found.refused)} 未收 refused")
        if not dry_run and store is not None:
            if found.lines:
                from console.sync.listing import put_lines

                put_lines(store, found.lines, _actor(content, realm, user, password))
            if found.refused:
                click.echo(keep_refused(file, content, listed, found, said))
    finally:
        if store is not None:
            store.close()
    if found.refused or found.problems:
        sys.exit(1)


def _desk(data: Path | None, realm: str, demo_: bool, pack: str | None) -> "tuple[DeskFiles, Pack]":
    """The files of a desk, and the pack of its centre."""
    from console.desk.files import DeskFiles
    from console.store.packs import find_pack, load_pack

    folder = data or (data_folder() / "demo" if demo_ else data_folder())
    id = pack or ("dongguan-houjie" if demo_ else load(config_file()).pack)
    return DeskFiles(folder, realm), load_pack(find_pack(id, folder / "packs"))


def _actor(pack: "Pack", realm: str, user: str | None, password: str | None) -> "Actor":
    """Who does it: someone of the pack who commands the centre's area, and knows their password."""
    from datetime import UTC, datetime

    from argon2 import PasswordHasher
    from argon2.exceptions import Argon2Error

    from console.domain.area import may_command
    from console.domain.errors import KnownError
    from console.domain.operation import Actor
    from console.domain.words import Phrase

    user = user or click.prompt("用户 User")
    password = password or click.prompt("密码 Password", hide_input=True)
    found = pack.users.get(user)
    try:
        if found is None:
            raise KnownError(Phrase("login_wrong"))
        PasswordHasher().verify(found.password_hash, password)
    except Argon2Error as error:
        raise KnownError(Phrase("login_wrong")) from error
    if not may_command(found.grants, pack.area, realm):
        raise KnownError(Phrase("lists_not_yours", {"area": pack.areas[pack.area].name}))
    return Actor(found.id, found.name, datetime.now(UTC), pack.area)
