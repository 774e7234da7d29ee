"""`yiping report`: the documents of a desk's database, without opening the desk."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from console.cli_parts import data_option, known, language_option
from console.domain.words import Label, Lang
from console.settings import config_file, data_folder, load

TIME = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"])


@click.command()
@click.argument("kind", type=click.Choice(["ics309", "ics214", "incident", "handover"]))
@click.option("--from", "since", type=TIME, help="Local time, such as 2026-06-12T08:00; 12 hours ago when not given.")
@click.option("--to", "until", type=TIME, help="Local time; now when not given.")
@click.option("--incident", help="Code such as I34; the newest of that code. Needed for incident.")
@click.option("--user", help="Who prepares it, by id; the pack's first when not given.")
@click.option("--net", default="", help="Radio net or position, for ics309.")
@click.option("--taking", help="Who takes over, by id or name, for handover.")
@click.option("--remarks", default="", help="What else is handed over.")
@click.option("--format", "form", type=click.Choice(["docx", "pdf"]), help="Told by the file's name when not given.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--realm", default="live", show_default=True)
@click.option("--demo", "demo_", is_flag=True, help="Of the demo.")
@click.option("--pack", help="Topic pack of the centre, by id; overrides the setting.")
@data_option
@language_option
@known
def report(
    kind: str,
    since: datetime | None,
    until: datetime | None,
    incident: str | None,
    user: str | None,
    net: str,
    taking: str | None,
    remarks: str,
    form: str | None,
    output: Path,
    realm: str,
    demo_: bool,
    pack: str | None,
    data: Path | None,
    lang: Lang | None,
) -> None:
    """Write a document: ICS 309, ICS 214, the report of an incident, or the handover pack 交接班.

    All of it is from this desk's own database, which may be in use. Times on paper are local, the zone is named.
    """
    form = form or output.suffix.lower().lstrip(".")
    if form not in ("docx", "pdf"):
        raise click.UsageError("--format docx or pdf, or a file that ends so")
    if kind == "incident" and incident is None:
        raise click.UsageError("--incident is needed, such as I34")
    from console.desk.files import DeskFiles
    from console.reports.documents import KINDS, gather, to_docx, to_html
    from console.reports.gather import Wanted, find_incident
    from console.reports.incident import to_pdf
    from console.store.packs import find_pack, load_pack
    from console.store.store import Store

    files = DeskFiles(data or (data_folder() / "demo" if demo_ else data_folder()), realm)
    content = load_pack(find_pack(pack or load(config_file()).pack, files.packs))
    author = content.users.get(user or "") or next(iter(content.users.values()))
    if user is not None and author.id != user:
        raise click.UsageError(f"no user {user!r} (there are: {', '.join(sorted(content.users))})")
    coming = content.users.get(taking or "")
    now = datetime.now().astimezone()
    end = until.astimezone() if until else now
    begin = since.astimezone() if since else end - timedelta(hours=12)
    if begin >= end:
        raise click.UsageError("--from must be before --to")
    store = Store.open(files.database, files.key(), realm=realm, read_only=True)
    try:
        with store.read() as view:
            wanted = Wanted(
                user=author,
                since=begin,
                until=end,
                generated_at=now,
                incident=find_incident(view, incident).id if incident else None,
                drill=None if realm == "live" else Label(realm, realm),
            )
            name = coming.name if coming else Label(taking, taking) if taking else None
            paper = gather(
                next(k for k in KINDS if k == kind), view, content, wanted, net=net, taking=name, remarks=remarks
            )
    finally:
        store.close()
    spoken = lang or "zh"
    made = to_docx(paper, spoken) if form == "docx" else to_pdf(to_html(paper, spoken))
    output.write_bytes(made)
    click.echo(f"{output}: {len(made)} 字节 bytes")
