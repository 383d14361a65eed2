"""The command line: python -m cds_service serve | call NAME | explain CALL | check | list | diff OLD NEW | pages.

Only reads options and prints; the work is done elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import click

from cds_service.answer import Guideline, answer
from cds_service.authoring.proof import completed, read_list
from cds_service.authoring.reading import read_knowledge
from cds_service.authoring.site_file import site_at
from cds_service.cases.corpus import read_corpus
from cds_service.config import PREFIX, Settings, read_settings
from cds_service.console.cases_asked import ask_all, ask_in_work, summed_up
from cds_service.console.check import Report, check
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

CHECKOUT = Path(__file__).parent.parent
FIXTURES = CHECKOUT / "fhir_fixtures"
of_cases = click.option(
    "--cases",
    default=FIXTURES,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of cases [default: fhir_fixtures of the checkout].",
)
of_site = click.option(
    "--site",
    envvar=PREFIX + "SITE",
    type=click.Path(path_type=Path),
    help="The file with what this hospital adds: codes, prefetch keys, limits, windows.",
)


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


@cli.command(name="call")
@click.argument("name", required=False)
@click.option(
    "--all", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write every call into this folder."
)
@of_cases
def call_command(name: str | None, folder: Path | None, cases: Path) -> None:
    """Print the hook call of a case, ready for curl; NAME as in nec-avoid-ssa/silent--insulinoma.

    A twin is named with its change: "nec-avoid-ssa/fires--lanreotide-signed + hormone = gastrinoma".
    """
    if (name is None) == (folder is None):
        raise click.UsageError("name one case, or write all with --all FOLDER")
    try:
        corpus = read_corpus(cases, read_knowledge())
        if name is not None:
            click.echo(corpus.find(name).text)
            return
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    assert folder is not None
    for case in corpus.cases.values():
        path = folder / f"{case.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case.text + "\n", encoding="utf-8")
    (folder / "NOW").write_text(corpus.now.isoformat() + "\n", encoding="utf-8")
    click.echo(f"{len(corpus.cases)} calls written below {folder}, for the moment {corpus.now.isoformat()}")


@cli.command()
@click.argument("call")
@click.option("--now", help="The moment of the call [default: that of its case or of a file NOW above it, else now].")
@of_cases
@of_site
def explain(call: str, now: str | None, cases: Path, site: Path | None) -> None:
    """Explain one hook call: the picture, every verdict and what decided it, the cards.

    CALL is a file that holds one, or the name of a case, as in nec-avoid-ssa/silent--insulinoma.
    """
    try:
        knowledge = read_knowledge()
        guideline = Guideline.of(knowledge, site_at(site, knowledge))
        body, at = sent(call, cases, knowledge)
        offered = {service.hook: service for service in services(partial(templates_for, guideline.knowledge))}
        service = offered.get(hook_of(body)) or offered["patient-view"]
        click.echo(explained(answer(body, service, guideline, moment(now) if now else at, lambda: str(uuid4()))))
    except DataMissing as fault:
        raise click.ClickException("412: no recommendation can be made.\n" + str(fault).replace("; ", "\n")) from None
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None


@cli.command(name="check")
@click.option("--all", "all_", is_flag=True, help="Ask every case, not only those of recommendations in work.")
@of_site
def check_command(all_: bool, site: Path | None) -> None:
    """Validate the knowledge and the file of the site; every fault is named with its file and key.

    Asks the cases of the recommendations that differ from the last commit.
    """
    try:
        knowledge = read_knowledge()
        of_site, asked = site_at(site, knowledge), None
        corpus = read_corpus(FIXTURES, knowledge) if FIXTURES.is_dir() else None
        if corpus:
            asked = ask_all(knowledge, corpus, asking) if all_ else ask_in_work(knowledge, corpus, CHECKOUT)
        report = check(knowledge, corpus, datetime.now(UTC).date(), of_site, asked)
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("\n".join(report.lines))
    for warning in report.warnings:
        click.echo(f"warning: {warning}")
    if report.faults:
        raise click.ClickException("\n".join(str(fault) for fault in report.faults))
    click.echo("the knowledge is sound")


def asking(items: list[Any]) -> Iterator[Any]:
    """Goes through what is to be asked and shows how far it is."""
    with click.progressbar(items, label="Asking", file=sys.stderr) as progress:
        yield from progress


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
    help="A folder with hook calls of your own [the cases are always asked].",
)
@click.option("--now", help="The moment of your calls [default: that of a file NOW above them, else now].")
def diff(old: str, new: str, calls: tuple[Path, ...], now: str | None) -> None:
    """Show what changes from one state of the knowledge to another: recommendations, and who gets another card.

    OLD and NEW are folders with knowledge, checkouts, or git revisions of this one ("main", "HEAD~3").
    """
    states = knowledge_of(old), knowledge_of(new)
    asked = [(str(path), path.read_bytes(), clock(path, now)) for folder in calls for path in calls_below(folder)]
    if FIXTURES.is_dir():
        corpus = read_corpus(FIXTURES, read_knowledge())
        asked += [(case.name, case.body, corpus.now) for case in corpus.cases.values()]
    changes = list(changed_answers(*states, asking(asked)))
    click.echo(report(changed_rows(*states), changes, len(asked)))


@cli.command()
def pages() -> None:
    """Write what is made from the knowledge: parts of README, the pages of the review, the list of who speaks where."""
    if not FIXTURES.is_dir():
        raise click.ClickException(f"{CHECKOUT} is no checkout: README, docs and fhir_fixtures stand in one")
    try:
        knowledge = read_knowledge()
        corpus = read_corpus(FIXTURES, knowledge)
        today = datetime.now(UTC).date()
        require_sound(check(knowledge, corpus, today))  # before many cases are asked
        proof = completed(knowledge, corpus, read_list(FIXTURES), asking)
        report = check(knowledge, corpus, today, asked=summed_up(proof, corpus))
        require_sound(report)
        done = written(CHECKOUT, documents(knowledge, CHECKOUT, corpus, proof, report.lines))
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("\n".join(f"{what}  {name}" for what, name in done) or "nothing to do")


def require_sound(report: Report) -> None:
    """Raises KnowledgeError naming every fault of a report."""
    if report.faults:
        raise KnowledgeError(report.faults)


def knowledge_of(name: str) -> Knowledge:
    """The knowledge that an argument of `diff` means."""
    try:
        with knowledge_folder(name, CHECKOUT) as folder:
            knowledge = read_knowledge(folder)
            all_named(knowledge.concepts)
            return knowledge
    except CdsError as fault:
        raise click.ClickException(f"{name} cannot be read by this version of the service:\n{fault}") from None


def sent(call: str, cases: Path, knowledge: Knowledge) -> tuple[bytes, datetime]:
    """The hook call that a file holds or a case is, and its moment."""
    if Path(call).is_file():
        return Path(call).read_bytes(), clock(Path(call), None)
    if not cases.is_dir():
        raise click.BadParameter(f"there is no file {call}, and no folder of cases {cases}", param_hint="CALL")
    corpus = read_corpus(cases, knowledge)
    return corpus.find(call).body, corpus.now


def clock(fixture: Path, now: str | None) -> datetime:
    """The moment of a call in a file: as given, that of a file NOW above it, else now."""
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
