"""The command line: python -m cds_service serve.

Only reads options and prints; the work is done elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from cds_service.config import Settings, read_settings
from cds_service.errors import CdsError
from cds_service.web.app import create_app
from cds_service.web.server import server


@click.group()
def cli() -> None:
    """Guideline recommendations for neuroendocrine neoplasia as CDS Hooks cards."""


@cli.command()
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [default: 8000].")
@click.option("--now", help="Pins the clock, like 2026-11-15T12:00:00Z: for demonstrations.")
def serve(host: str | None, port: int | None, now: str | None) -> None:
    """Serve CDS Hooks on this machine."""
    given = {"host": host, "port": port, "now": moment(now) if now else None}
    try:
        settings = with_options(read_settings(), given)
        app = create_app(settings)
    except CdsError as fault:
        raise click.ClickException(str(fault)) from None
    listening = server(app, settings.host, settings.port)
    click.echo(f"CDS Hooks discovery: http://{settings.host}:{listening.server_port}/cds-services")
    listening.serve_forever()


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
