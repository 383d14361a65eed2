"""The server behind `serve` and the command itself."""

from __future__ import annotations

import http.client
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import gunicorn.http.wsgi
import pytest
from click.testing import CliRunner
from flask import Flask

from cds_service import __main__ as command_line
from cds_service.config import Settings
from cds_service.errors import KnowledgeError, Problem
from cds_service.web.server import server
from tests.conftest import call_of, encoded


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    listening = server(app, "127.0.0.1", 0)
    thread = Thread(target=listening.serve_forever)
    thread.start()
    yield listening.server_port
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_the_server_shows_no_banner_and_logs_no_address(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/canary")
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 404
    assert response.headers["Server"] is None
    assert "canary" not in capsys.readouterr().err


def test_a_chunked_call_is_answered(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    pieces = iter([encoded(call_of())[:20], encoded(call_of())[20:]])
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/cds-services/nen-patient-view", pieces, headers, encode_chunked=True)
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b'{"cards":[]}')
    connection.close()


class Listening:
    server_port = 8001

    def serve_forever(self) -> None:
        """Nothing listens in this test."""


def test_serve_takes_its_options_before_the_environment(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    seen: list[Settings] = []

    def make(settings: Settings) -> Flask:
        seen.append(settings)
        return app

    monkeypatch.setenv("NEN_CDS_PORT", "9000")
    monkeypatch.setattr(command_line, "create_app", make)
    monkeypatch.setattr(command_line, "server", lambda *_: Listening())
    result = CliRunner().invoke(command_line.cli, ["serve", "--port", "8001", "--now", "2026-11-15"])
    assert (result.exit_code, result.output) == (0, "CDS Hooks discovery: http://127.0.0.1:8001/cds-services\n")
    assert (seen[0].port, seen[0].now) == (8001, datetime(2026, 11, 15, tzinfo=UTC))


def test_serve_names_every_fault_of_the_knowledge(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> Flask:
        raise KnowledgeError((Problem("a.toml", "when", "is empty"), Problem("b.toml", "", "is not TOML")))

    monkeypatch.setattr(command_line, "create_app", fail)
    result = CliRunner().invoke(command_line.cli, ["serve"])
    assert result.exit_code == 1
    assert "a.toml [when]: is empty\nb.toml: is not TOML" in result.output


def test_a_date_that_is_none_is_refused() -> None:
    result = CliRunner().invoke(command_line.cli, ["serve", "--now", "yesterday"])
    assert (result.exit_code, "--now" in result.output) == (2, True)


def test_gunicorn_shows_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gunicorn.http.wsgi, "SERVER", gunicorn.SERVER)
    settings = runpy.run_module("cds_service.web.gunicorn_settings")
    assert settings["worker_class"] == "gthread"
    assert gunicorn.http.wsgi.SERVER == "nen-cds"
