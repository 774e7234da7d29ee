"""`yiping feed`: a file, or what another program writes, into the open door."""

import sys
from pathlib import Path

import click

from console.cli_parts import known, language_option
from console.domain.words import Lang


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True))
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["readings", "positions", "calls", "statuses", "alarms"]),
    help="Of rows.",
)
@click.option("--url", required=True, help="Address of the platform.")
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its first line.")
@click.option(
    "--key", envvar="YIPING_KEY", show_envvar=True, help="Better in the environment: no list of processes shows it."
)
@click.option("--crs", type=click.Choice(["wgs84", "gcj02", "bd09", "cgcs2000"]), default="wgs84", show_default=True)
@click.option("--batch", type=click.IntRange(1, 2000), default=500, show_default=True, help="Rows in a request.")
@language_option
@known
def feed(
    file: Path, kind: str, url: str, key_file: Path | None, key: str | None, crs: str, batch: int, lang: Lang | None
) -> None:
    """Send the facts of FILE (- is the standard input) to a platform: CSV with a header, or JSON lines.

    Rows are sent in batches, and again while the platform is away. Run again, it goes on where it was. Rows that are
    refused are told by their line; with any, it exits with 1. The columns are those of docs/intake.md.
    """
    from console.sync import feeding

    secret = key_file.read_text("utf-8").partition("\n")[0].strip() if key_file else key
    if not secret:
        raise click.UsageError("需要密钥:--key-file 或 YIPING_KEY。A key is needed: --key-file or YIPING_KEY.")
    dash = str(file) == "-"
    name = "-" if dash else file.name
    address = url.rstrip("/")

    def tell(wrong: feeding.Wrong) -> None:
        id = f" {wrong.id}" if wrong.id else ""
        click.echo(f"{name}:{wrong.line}:{id} {wrong.text.text(lang or 'zh')}", err=True)

    text = click.open_file(str(file), encoding="utf-8-sig" if not dash else "utf-8", errors="replace")
    with text:
        done = feeding.feed(
            feeding.lines_of(text),
            kind,  # type: ignore[arg-type]
            address,
            secret,
            crs=crs,
            batch=batch,
            progress=None if dash else feeding.Progress(file, address, kind),  # type: ignore[arg-type]
            on_wrong=tell,
        )
    click.echo(f"{done.accepted} 收 taken, {done.again} 已有 there already, {done.refused} 未收 refused")
    sys.exit(1 if done.refused else 0)
