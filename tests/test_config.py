"""Settings come from the environment; every fault is named before the service starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.config import Settings, read_settings
from cds_service.errors import ConfigError


def test_without_an_environment_the_service_listens_on_this_machine_only() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.now) == ("127.0.0.1", 8000, None)
    assert settings.max_body_bytes == 16 * 1024 * 1024


def test_origins_are_read_from_a_comma_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEN_CDS_ALLOWED_ORIGINS", r"https://a.example, ^https://[a-z]+\.b\.example$")
    assert read_settings().allowed_origins == ("https://a.example", r"^https://[a-z]+\.b\.example$")


def test_every_fault_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEN_CDS_PORT", "none")
    monkeypatch.setenv("NEN_CDS_NOW", "2026-11-15T12:00:00")
    monkeypatch.setenv("NEN_CDS_PROT", "80")
    with pytest.raises(ConfigError) as caught:
        read_settings()
    assert [problem.key for problem in caught.value.problems] == ["NEN_CDS_PROT", "NEN_CDS_PORT", "NEN_CDS_NOW"]
    assert "NEN_CDS_PROT" in str(caught.value)


@pytest.mark.parametrize("origin", ["*", "https://a.example/path", "^https://a", "^(https$"])
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="must be origins"):
        Settings(allowed_origins=(origin,))


def test_a_pinned_clock_has_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEN_CDS_NOW", "2026-11-15T12:00:00Z")
    now = read_settings().now
    assert now is not None
    assert now.isoformat() == "2026-11-15T12:00:00+00:00"


def test_the_file_of_the_site_is_named_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().site is None
    monkeypatch.setenv("NEN_CDS_SITE", "/etc/nen-cds/site.toml")
    assert read_settings().site == Path("/etc/nen-cds/site.toml")


def test_fhir_servers_are_kept_in_their_normal_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEN_CDS_FHIR_SERVERS", "https://FHIR.example.org:443/r4/, https://b.example.org")
    monkeypatch.setenv("NEN_CDS_FHIR_NETWORKS", "10.0.0.0/8,fd00::/8")
    settings = read_settings()
    assert settings.fhir_servers == ("https://fhir.example.org/r4", "https://b.example.org")
    assert [str(network) for network in settings.fhir_networks] == ["10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("FHIR_SERVERS", "https://user:pw@fhir.example.org", "must be base addresses"),
        ("FHIR_SERVERS", "http://fhir.example.org", "must use https"),
        ("FHIR_NETWORKS", "10.0.0.0/99", "network"),
        ("FHIR_SECONDS", "0", "greater than 0"),
        ("FHIR_CA_FILE", "/nowhere.pem", "does not point to a file"),
        ("FHIR_CA_FILE", __file__, "must be a file with certificates"),
    ],
)
def test_a_fhir_server_that_cannot_be_trusted_is_refused_at_start(
    name: str, value: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"NEN_CDS_{name}", value)
    with pytest.raises(ConfigError, match=problem):
        read_settings()


def test_plain_http_is_for_development(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEN_CDS_FHIR_SERVERS", "http://hapi.local:8080/fhir")
    monkeypatch.setenv("NEN_CDS_DEVELOPMENT", "true")
    assert read_settings().fhir_servers == ("http://hapi.local:8080/fhir",)
