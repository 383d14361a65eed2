"""Checks the files of the knowledge against their JSON Schemas, one schema for each kind of file.

Knows the shape of the files only; what they refer to is checked by `knowledge`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from cds_service.errors import Problem

_BY_FILE = {
    "version.toml": "version",
    "sources.toml": "sources",
    "defaults.toml": "defaults",
    "limits.toml": "limits",
    "groups.toml": "groups",
    "override_reasons.toml": "override_reasons",
    "systems.toml": "systems",
}


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
        for fault in sorted(
            self._validators[kind].iter_errors(_jsonable(document)),
            key=lambda f: list(f.path),
        ):
            yield Problem(
                name,
                ".".join(str(step) for step in fault.absolute_path),
                fault.message[:200],
            )


def _kind(name: str) -> str:
    folder = name.split("/")[0]
    if folder == name:
        return _BY_FILE.get(name, name)
    return {"recommendations": "recommendation", "orders": "order"}.get(folder, "codes")


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_jsonable(member) for member in value]
    return value.isoformat() if isinstance(value, date) else value
