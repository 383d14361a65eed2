"""Settings from the environment (NEN_CDS_...): one frozen object, every fault named at start.

Holds no secrets and reads neither the knowledge nor the file of the site.
"""

from __future__ import annotations

import os
import re
import ssl
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, FilePath, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cds_service.errors import ConfigError, Problem
from cds_service.outbound import Network, normalized_base

PREFIX = "NEN_CDS_"
SANDBOX_AND_LOCAL = (
    "https://sandbox.cds-hooks.org",
    "http://sandbox.cds-hooks.org",
    r"^https?://(localhost|127\.0\.0\.1)(:\d{1,5})?$",
)


class Settings(BaseSettings):
    """How the service runs.

    Attributes:
        public_base_url: under which clients know the service, for the OpenAPI document.
        allowed_origins: of browser clients: exact origins, or regular expressions that start with ^ and end with $.
        max_body_bytes: longer bodies are answered with 413.
        site: the file with what this hospital adds to the knowledge; None adds nothing.
        development: allows plain http to listed FHIR servers, and any FHIR server on this machine.
        fhir_servers: base addresses of the FHIR servers that may be asked for what the prefetch did not bring.
        fhir_networks: private networks in which a listed FHIR server may lie, like 10.0.0.0/8.
        fhir_seconds: what a FHIR server does not give in this time is named as missing.
        fhir_max_bytes: a longer answer of a FHIR server is not read, nor more than four times that for one call.
        fhir_ca_file: certificates to trust instead of the public ones.
        now: pins the clock, for demonstrations with fixtures; None is the real clock.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_base_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = SANDBOX_AND_LOCAL
    max_body_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    site: Path | None = None
    development: bool = False
    fhir_servers: Annotated[tuple[str, ...], NoDecode] = ()
    fhir_networks: Annotated[tuple[Network, ...], NoDecode] = ()
    fhir_seconds: float = Field(default=2.5, gt=0, le=20)
    fhir_max_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    fhir_ca_file: FilePath | None = None
    now: datetime | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("allowed_origins", "fhir_servers", "fhir_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Comma-separated in the environment, where JSON would be a nuisance."""
        return tuple(filter(None, (part.strip() for part in value.split(",")))) if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not _is_origin(origin):
                raise ValueError("must be origins like https://ehr.example.org, or expressions from ^ to $")
        return value

    @field_validator("fhir_servers")
    @classmethod
    def _are_bases(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        bases = [normalized_base(url) for url in value]
        if None in bases:
            raise ValueError("must be base addresses like https://fhir.example.org/r4, without query or password")
        return tuple(base for base in bases if base)

    @field_validator("fhir_ca_file")
    @classmethod
    def _holds_certificates(cls, value: Path | None) -> Path | None:
        try:
            ssl.create_default_context(cafile=value)
        except OSError:
            raise ValueError("must be a file with certificates (PEM)") from None
        return value

    @model_validator(mode="after")
    def _are_secure(self) -> Self:
        if not self.development and any(base.startswith("http://") for base in self.fhir_servers):
            raise ValueError("NEN_CDS_FHIR_SERVERS must use https unless NEN_CDS_DEVELOPMENT is set")
        return self

    @field_validator("now")
    @classmethod
    def _has_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("must have a time zone, like 2026-11-15T12:00:00Z")
        return value


def _is_origin(text: str) -> bool:
    if not text.startswith("^"):
        return re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", text) is not None
    try:
        re.compile(text)
    except re.error:
        return False
    return text.endswith("$")


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        ConfigError: naming every variable at fault, unknown ones included.
    """
    problems = [Problem("environment", name, "is no setting of this service") for name in _unknown()]
    try:
        settings = Settings()
    except ValidationError as fault:
        problems.extend(
            Problem("environment", PREFIX + str(error["loc"][0]).upper() if error["loc"] else "", error["msg"])
            for error in fault.errors()
        )
    if problems:
        raise ConfigError(tuple(problems))
    return settings


def _unknown() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
