"""The part of `check` that asks cases: those of the recommendations in work, or all of them, and says which it asked.

In work is what differs from the last commit. What a case expects stands on its page and in `rows-that-fire.txt`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from cds_service.authoring.proof import LIST, Asking, Progress, Proof, misnamed, proven, read_list
from cds_service.cases.corpus import RECOMMENDATIONS, Corpus
from cds_service.errors import Problem
from cds_service.guideline.knowledge import Knowledge

COMMAND = ".venv/bin/python -m cds_service pages"
_KNOWLEDGE = "cds_service/knowledge/"
_GIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases were asked, in a line for the table of `check`, and what is wrong with their answers."""

    line: str
    faults: tuple[Problem, ...] = ()


def ask_in_work(knowledge: Knowledge, corpus: Corpus, checkout: Path) -> Asked:
    """Asks the cases of the recommendations whose file or page differs from the last commit."""
    try:
        changed = _changed(checkout)
    except (OSError, subprocess.SubprocessError):
        return Asked(f"none asked: git knows of no commit here (--all asks all {len(corpus.cases)})")
    rows = sorted({path.stem for path in changed if RECOMMENDATIONS in path.parts} & knowledge.by_id.keys())
    shared = [path.name for path in changed if path.as_posix().startswith(_KNOWLEDGE) and path.stem not in rows]
    cases = [case for row in rows for case in corpus.of_row(row)]
    asking = Asking(knowledge, corpus)
    faults = tuple(fault for case in cases for fault in misnamed(case, asking.ask(case)))
    asked = f"{len(cases)} asked, of {', '.join(rows)}" if rows else "none asked: no recommendation is in work"
    open_ = f"; {', '.join(shared)} may change others" if shared else ""
    return Asked(f"{asked}{open_} (--all asks all {len(corpus.cases)})", faults)


def _changed(checkout: Path) -> list[PurePath]:
    """The files that differ from the last commit."""
    command = ["git", "-C", str(checkout), "status", "--porcelain", "--untracked-files=all", "--no-renames", "-z"]
    told = subprocess.run(command, capture_output=True, check=True, timeout=_GIT_SECONDS)  # noqa: S603 - fixed words
    return [PurePath(entry[3:]) for entry in told.stdout.decode(errors="replace").split("\0") if entry]


def ask_all(knowledge: Knowledge, corpus: Corpus, progress: Progress = iter) -> Asked:
    """Asks every case, and the twins of the list, which must be as it stands."""
    listed = read_list(corpus.folder)
    proof = proven(knowledge, corpus, listed, progress)
    return summed_up(proof, corpus, tuple(_unlisted(proof, listed)))


def summed_up(proof: Proof, corpus: Corpus, further: tuple[Problem, ...] = ()) -> Asked:
    """What was asked, in a line, with the faults that were found."""
    twins = len(proof.lines) - len(corpus.cases)
    return Asked(f"all {len(corpus.cases)} asked, and {twins} twins; {proof}", (*proof.faults, *further))


def _unlisted(proof: Proof, listed: dict[str, str]) -> Iterator[Problem]:
    for name in sorted(proof.lines.keys() | listed.keys()):
        if proof.lines.get(name) != listed.get(name):
            before, now = (lines.get(name, "not there") for lines in (listed, proof.lines))
            words = f"was {before}; now it is {now}: read what has changed, then {COMMAND}"
            yield Problem(f"fhir_fixtures/{LIST}", name, words)
