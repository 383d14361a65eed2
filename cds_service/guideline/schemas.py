"""Checks the files of the knowledge against their JSON Schemas, one schema for each kind of file.

Knows the shape of the files only; what they refer to is checked by `knowledge`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from cds_service.errors import Problem
from cds_service.guideline.concepts import CONCEPT_FOLDERS

SINGLE_FILES = (
    "version.toml",
    "sources.toml",
    "defaults.toml",
    "limits.toml",
    "groups.toml",
    "override_reasons.toml",
    "systems.toml",
    "statements.toml",
    "subjects.toml",
    "impossible.toml",
    "reviewed_pairs.toml",
)


class SchemaCheck:
    """The compiled schemas of one knowledge folder."""

    def __init__(self, folder: Path) -> None:
        self._validators = {
            path.name.removesuffix(".schema.json"): Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
            for path in sorted(folder.glob("*.schema.json"))
        }

    def problems(self, name: str, document: dict[str, Any]) -> Iterator[Problem]:
        kind = _kind(name)
        if kind not in self._validators:
            yield Problem(name, "", "stands where no file of the knowledge is expected")
            return
        plain = _jsonable(document)
        for fault in sorted(self._validators[kind].iter_errors(plain), key=lambda f: list(map(str, f.path))):
            yield _problem(name, plain, fault)


def _problem(name: str, document: dict[str, Any], fault: ValidationError) -> Problem:
    if fault.validator is None:  # a key that the others rule out; the validator does not say which
        key = next((key for key, value in document.items() if value is fault.instance), "")
        return Problem(name, key, "does not go with the other keys")
    return Problem(name, ".".join(str(step) for step in fault.absolute_path), fault.message[:200])


def _kind(name: str) -> str:
    """The schema for a file, by where it stands; "" where no file is expected."""
    match name.split("/"):
        case [file] if file in SINGLE_FILES:
            return file.removesuffix(".toml")
        case ["recommendations", _, _]:
            return "recommendation"
        case ["orders", _]:
            return "order"
        case [folder, _] if folder in CONCEPT_FOLDERS:
            return "codes"
        case _:
            return ""


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_jsonable(member) for member in value]
    return value.isoformat() if isinstance(value, date) else value
