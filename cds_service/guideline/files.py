"""Reads the TOML files of a knowledge folder and holds each against its schema.

What the files mean, and whether they fit together, is `parsing` and `knowledge`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.errors import Problem
from cds_service.guideline.schemas import SINGLE_FILES, SchemaCheck


@dataclass(frozen=True, slots=True)
class Files:
    """The parsed files of a knowledge folder, by path relative to it, and what was wrong with them."""

    documents: dict[str, dict[str, Any]]
    problems: list[Problem]


def read_files(root: Path) -> Files:
    """All files below the folder; the problems name what is no TOML, breaks its schema, is missing or stands astray."""
    files = Files({}, [])
    check = SchemaCheck(root / "schemas")
    for path in sorted(path for path in root.rglob("*.toml") if path.is_file()):
        _read(path, path.relative_to(root).as_posix(), check, files)
    if not files.documents and not files.problems:
        files.problems.append(Problem(str(root), "", "holds no knowledge: give the folder with recommendations/"))
        return files
    seen = {problem.file for problem in files.problems} | files.documents.keys()
    files.problems.extend(Problem(name, "", "is missing") for name in SINGLE_FILES if name not in seen)
    return files


def _read(path: Path, name: str, check: SchemaCheck, files: Files) -> None:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        files.problems.append(Problem(name, "", f"is not TOML: {fault}"))
        return
    files.problems.extend(check.problems(name, document))
    files.documents[name] = document
