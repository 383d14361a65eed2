"""Reads the TOML files of a knowledge folder and holds each against its schema.

What the files mean, and whether they fit together, is `parsing`, `reading` and `cross_check`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from cds_service.authoring.schemas import SINGLE_FILES, SchemaCheck
from cds_service.errors import KnowledgeError, Problem

# Knowledge of before these files were; a row that needs what one would hold is refused for that.
_MAY_LACK = ("approvals.toml", "as_of.toml")


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a knowledge folder, by path relative to it.

    Attributes:
        documents: those whose shape is sound.
        problems: what was wrong with the others, and what is found wrong on reading further.
        faulty: the paths of the others.
    """

    documents: dict[str, dict[str, Any]]
    problems: list[Problem]
    faulty: set[str]

    def table(self, name: str) -> dict[str, Any]:
        """A single file; empty where it has a fault."""
        return self.documents.get(name, {})

    def below(self, *folders: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path and content of the files in these folders."""
        return ((name, one) for name, one in self.documents.items() if name.partition("/")[0] in folders)

    def hides(self, problem: Problem) -> bool:
        """Whether a word was not found only because the file that holds it has a fault."""
        return any(fnmatch(name, problem.home) for name in self.faulty)


def read_files(root: Path) -> Files:
    """All files below the folder; the problems name what is no TOML, breaks its schema, is missing or stands astray."""
    files = Files({}, [], set())
    check = SchemaCheck(root / "schemas")
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".toml":
            _read(path, name, check, files)
        elif ".toml" in path.name.casefold():
            _refuse(name, [Problem(name, "", "is not read: its name must end in .toml")], files)
    if not files.documents and not files.problems:
        raise KnowledgeError((Problem(str(root), "", "holds no knowledge: give the folder with recommendations/"),))
    for name in SINGLE_FILES:
        if name not in files.documents and name not in files.faulty and name not in _MAY_LACK:
            _refuse(name, [Problem(name, "", "is missing")], files)
    return files


def _read(path: Path, name: str, check: SchemaCheck, files: Files) -> None:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        _refuse(name, [Problem(name, "", f"is not TOML: {fault}")], files)
        return
    if problems := list(check.problems(name, document)):
        _refuse(name, problems, files)
    else:
        files.documents[name] = document


def _refuse(name: str, problems: list[Problem], files: Files) -> None:
    files.problems.extend(problems)
    files.faulty.add(name)
