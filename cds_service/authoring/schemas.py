"""Checks the files of the knowledge against their JSON Schemas, one schema for each kind of file.

Knows the shape of the files only; what they refer to is checked by `cross_check`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from cds_service.authoring.faults import described
from cds_service.errors import Problem, nearest
from cds_service.guideline.concepts import CONCEPT_FOLDERS
from cds_service.guideline.recommendations import TOPICS

SINGLE_FILES = (
    "version.toml",
    "sources.toml",
    "defaults.toml",
    "limits.toml",
    "groups.toml",
    "override_reasons.toml",
    "systems.toml",
    "statements.toml",
    "approvals.toml",
    "as_of.toml",
    "subjects.toml",
    "impossible.toml",
    "reviewed_pairs.toml",
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.toml")


class SchemaCheck:
    """The compiled schemas of one knowledge folder."""

    def __init__(self, folder: Path) -> None:
        self._validators = {
            path.name.removesuffix(".schema.json"): Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
            for path in sorted(folder.glob("*.schema.json"))
        }

    def problems(self, name: str, document: dict[str, Any]) -> Iterator[Problem]:
        kind = _kind(name)
        if misplaced := _misplaced(name) if kind in self._validators else _astray(name):
            yield Problem(name, "", misplaced)
            return
        for fault in sorted(
            self._validators[kind].iter_errors(_jsonable(document)), key=lambda f: list(map(str, f.path))
        ):
            for key, words in described(fault):
                yield Problem(name, key, words)


def _astray(name: str) -> str:
    first = name.partition("/")[0]
    places = ("recommendations", *CONCEPT_FOLDERS) if "/" in name else SINGLE_FILES
    return f"stands where no file of the knowledge is expected{nearest(first, places)}"


def _misplaced(name: str) -> str:
    """The name of a file is the id of what it holds, and of a recommendation its folder is the topic."""
    *folders, file = name.split("/")
    if folders[:1] == ["recommendations"] and folders[1] not in TOPICS:
        return f"{folders[1]!r} is not a topic ({', '.join(TOPICS)}){nearest(folders[1], TOPICS)}"
    if folders and not _NAME.fullmatch(file):
        return "is the id of what it holds: small letters, digits and hyphens, then .toml"
    return ""


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
