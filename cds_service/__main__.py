"""The command line: python -m cds_service serve | explain FIXTURE | check | list | diff OLD NEW | pages.

Only reads options and prints; the work is done elsewhere.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from cds_service.answer import Guideline, answer
from cds_service.authoring.reading import read_knowledge
from cds_service.authoring.site_file import site_at
from cds_service.config import PREFIX, Settings, read_settings
from cds_service.console.check import check
from cds_service.console.diff import calls_below, changed_answers, changed_rows, report
from cds_service.console.explain import explained
from cds_service.console.listing import markdown_table, plain_table, statement_table
from cds_service.console.pages import documents, written
from cds_service.console.revisions import knowledge_folder
from cds_service.errors import CdsError, DataMissing, KnowledgeError
from cds_service.guideline.concepts import all_named
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.call import hook_of
from cds_service.hooks.services import services
from cds_service.hooks.templates import templates_for
from cds_service.web.app import create_app
from cds_service.web.server import server

of_site = click.option(
    "--site",
    envvar=PREFIX + "SITE",
    type=click.Path(path_type=Path),
    help="The file with what this hospital adds: codes, prefetch keys, limits, windows.",
)
CHECKOUT = Path(__file__).parent.parent
FIXTURES = CHECKOUT / "fhir_fixtures"


@click.group()
def cli() -> None:
    """Guideline recommendations for neuroendocrine neoplasia as CDS Hooks cards."""


@cli.command()
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [default: 8000].")
@click.option("--now", help="Pins the clock, like 2026-11-15T12:00:00Z: for demonstrations.")
@click.option(
    "--development", is_flag=True, help="Also ask FHIR servers on this machine, and listed ones without https."
)
@of_site
def serve(host: str | None, port: int | None, now: str | None, development: bool, site: Path | None) -> None:
    """Serve CDS Hooks on this machine."""
    pinned = moment(now) if now else None
    given = {"host": host, "port": port, "now": pinned, "development": development or None, "site": site}
    try:
        settings = with_options(read_settings(), given)
        app = create_app(settings)
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    listening = server(app, settings.host, settings.port)
    click.echo(f"CDS Hooks discovery: http://{settings.host}:{listening.server_port}/cds-services")
    listening.serve_forever()


@cli.command()
@click.argument("fixture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--now", help="The moment of the call [default: that of the fixtures below fhir_fixtures, else now].")
@of_site
def explain(fixture: Path, now: str | None, site: Path | None) -> None:
    """Explain one hook call: the picture, every verdict and what decided it, the cards."""
    try:
        knowledge = read_knowledge()
        guideline = Guideline.of(knowledge, site_at(site, knowledge))
        body = fixture.read_bytes()
        offered = {service.hook: service for service in services(partial(templates_for, guideline.knowledge))}
        service = offered.get(hook_of(body)) or offered["patient-view"]
        click.echo(explained(answer(body, service, guideline, clock(fixture, now), lambda: str(uuid4()))))
    except DataMissing as fault:
        raise click.ClickException("412: no recommendation can be made.\n" + str(fault).replace("; ", "\n")) from None
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None


@cli.command(name="check")
@of_site
def check_command(site: Path | None) -> None:
    """Validate the knowledge and the file of the site; every fault is named with its file and key."""
    try:
        knowledge = read_knowledge()
        fixtures = FIXTURES if FIXTURES.is_dir() else None
        report = check(knowledge, fixtures, datetime.now(UTC).date(), site_at(site, knowledge))
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("\n".join(report.lines))
    for warning in report.warnings:
        click.echo(f"warning: {warning}")
    if report.faults:
        raise click.ClickException("\n".join(str(fault) for fault in report.faults))
    click.echo("the knowledge is sound")


@cli.command(name="list")
@click.option("--markdown", is_flag=True, help="As the table of README.")
@click.option("--statements", is_flag=True, help="The statements of the articles and who carries them.")
def list_command(markdown: bool, statements: bool) -> None:
    """List the recommendations."""
    knowledge = read_knowledge()
    rows = knowledge.recommendations
    if statements:
        click.echo(statement_table(knowledge.statements, rows))
    else:
        click.echo(markdown_table(rows) if markdown else plain_table(rows))


@cli.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--calls",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder with hook calls of your own [the fixtures are always looked at].",
)
@click.option("--now", help="The moment of your calls [default: that of the fixtures below fhir_fixtures, else now].")
def diff(old: str, new: str, calls: tuple[Path, ...], now: str | None) -> None:
    """Show what changes from one state of the knowledge to another: recommendations, and who gets another card.

    OLD and NEW are folders with knowledge, checkouts, or git revisions of this one ("main", "HEAD~3").
    """
    folders = [folder for folder in (FIXTURES, *calls) if folder.is_dir()]
    files = [path for folder in folders for path in calls_below(folder)]
    states = knowledge_of(old), knowledge_of(new)
    with click.progressbar(files, label="Asking", file=sys.stderr) as progress:
        asked = ((str(path), path.read_bytes(), clock(path, now)) for path in progress)
        changes = list(changed_answers(*states, asked))
    click.echo(report(changed_rows(*states), changes, len(files)))


@cli.command()
def pages() -> None:
    """Write what is made from the knowledge: the tables of README and the pages for the clinical review."""
    if not FIXTURES.is_dir():
        raise click.ClickException(f"{CHECKOUT} is no checkout: README, docs and fhir_fixtures stand in one")
    try:
        knowledge = read_knowledge()
        report = check(knowledge, FIXTURES, datetime.now(UTC).date())
        if report.faults:
            raise KnowledgeError(report.faults)
        now = moment((FIXTURES / "NOW").read_text(encoding="utf-8"))
        done = written(CHECKOUT, documents(knowledge, CHECKOUT, now, report.lines))
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("\n".join(f"{what}  {name}" for what, name in done) or "nothing to do")


def knowledge_of(name: str) -> Knowledge:
    """The knowledge that an argument of `diff` means."""
    try:
        with knowledge_folder(name, CHECKOUT) as folder:
            knowledge = read_knowledge(folder)
            all_named(knowledge.concepts)
            return knowledge
    except CdsError as fault:
        raise click.ClickException(f"{name} cannot be read by this version of the service:\n{fault}") from None


def clock(fixture: Path, now: str | None) -> datetime:
    """The moment of a call: as given, that of the fixtures for a file below their folder, else now."""
    if now is not None:
        return moment(now)
    pinned = next((folder / "NOW" for folder in fixture.resolve().parents if (folder / "NOW").is_file()), None)
    return moment(pinned.read_text(encoding="utf-8")) if pinned else datetime.now(UTC)


def with_options(settings: Settings, given: dict[str, Any]) -> Settings:
    """The settings with what the command line says in their place."""
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


def moment(text: str) -> datetime:
    """A date or time as typed; without zone it is UTC."""
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter("is no date or time like 2026-11-15T12:00:00Z", param_hint="--now") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


if __name__ == "__main__":
    cli(prog_name="python -m cds_service")
