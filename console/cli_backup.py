"""`yiping backup` and `yiping restore`: a desk's databases in one file, and back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.cli_parts import data_option, known
from console.settings import data_folder

if TYPE_CHECKING:
    from console.desk.backup import Kept


@click.command()
@click.option("--to", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A new file.")
@data_option
@known
def backup(file: Path, data: Path | None) -> None:
    """Everything that this desk keeps, in one encrypted file; the desk may go on meanwhile.

    The key is not in it: keep desk/key of the data folder apart from it, for a restore on another machine.
    """
    from console.desk.backup import back_up

    folder = data or data_folder()
    _tell(back_up(folder, file))
    click.echo(f"{file}: {file.stat().st_size:,} 字节 bytes")
    key = folder / "desk" / "key"
    click.echo(f"密钥不在备份里,请另外保管 The key is not in it, keep it apart: {key}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Key file of its machine.")
@known
def restore(file: Path, data: Path | None, key: Path | None) -> None:
    """Put a backup in the place of what a closed desk has; that is kept aside.

    The desk goes on as one of its own: what was not sent when the backup was made is sent then.
    """
    from console.desk.backup import restore as put_back

    kept, aside = put_back(file, data or data_folder(), key)
    _tell(kept)
    if aside:
        click.echo(f"原有数据留在 What was there is kept in {aside}")


def _tell(kept: "list[Kept]") -> None:
    for one in kept:
        broken = f", 链断开 broken: {', '.join(one.broken)}" if one.broken else ", 链完整 chains whole"
        click.echo(f"{one.realm}: {one.entries} 条记录 entries{broken}")
