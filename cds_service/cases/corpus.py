"""The corpus: every case of a folder under one roof, its pages, its stories and its twins, each found by its name.

Reads only; what a case must be answered with is held against the service by the tests and by `check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cds_service.cases.calls import CallMaker
from cds_service.cases.pages import Case, Page, call_in, read_pages
from cds_service.cases.twins import Twin, parts_of, read_twins, twin_of
from cds_service.errors import CasesError, Problem, nearest
from cds_service.guideline.knowledge import Knowledge

RECOMMENDATIONS = "recommendations"
FIRES, SILENT = "fires--", "silent--"
_TWINS, _NOW = "twins.toml", "NOW"
_SHOWN = 5  # names in the words of an error


@dataclass(frozen=True, slots=True)
class Corpus:
    """All cases of a folder, in the order of their names, at the moment for which they were written."""

    folder: Path
    now: datetime
    pages: tuple[Page, ...]
    cases: Mapping[str, Case]
    twins: Mapping[str, Twin]
    maker: CallMaker

    def of_row(self, row: str) -> tuple[Case, ...]:
        """The cases on the page of one recommendation, in the order in which they stand there."""
        return tuple(
            case for page in self.pages if page.name == f"{RECOMMENDATIONS}/{row}" for case in page.cases.values()
        )

    def below(self, folder: str) -> tuple[Page, ...]:
        """The pages of one kind: "recommendations", "dangers", "boundaries", "vignettes"."""
        return tuple(page for page in self.pages if page.name.startswith(f"{folder}/"))

    def find(self, name: str) -> Case:
        """A case, or the twin of one ("... + hormone = gastrinoma"), by as much of its name as is unique.

        Raises:
            CasesError: no case is called so, or several are, or the change cannot be made in this one.
        """
        wanted, twin = parts_of(name)
        found = self._one(wanted)
        if not twin:
            return found
        if twin not in self.twins:
            raise _not_found(twin, self.twins, "twin")
        try:
            return twin_of(found, self.twins[twin], self.maker)
        except ValueError as fault:
            raise CasesError((Problem(name, "", str(fault)),)) from None

    def _one(self, name: str) -> Case:
        if name in self.cases:
            return self.cases[name]
        ends = [
            case
            for case in self.cases.values()
            if f"/{case.name}".endswith(f"/{name}") or case.page.endswith(f"/{name}")
        ]
        if len(ends) == 1:
            return ends[0]
        if ends:
            names = [*(case.name for case in ends[:_SHOWN]), *(["..."] if len(ends) > _SHOWN else [])]
            raise CasesError((Problem(name, "", f"is the name of {len(ends)} cases: {', '.join(names)}"),))
        raise _not_found(name, self.cases, "case")


def _not_found(name: str, among: Iterable[str], kind: str) -> CasesError:
    """Names what is near, by as much of its name as was given."""
    steps = name.count("/") + 1
    ends = {"/".join(one.split("/")[-steps:]) for one in among}
    return CasesError((Problem(name, "", f"is no {kind} that the pages hold{nearest(name, ends)}"),))


def read_corpus(folder: Path, knowledge: Knowledge) -> Corpus:
    """Everything below a folder of cases.

    Raises:
        CasesError: naming every fault of every page.
    """
    now = moment_of(folder)
    maker = CallMaker.of(knowledge, now)
    pages = read_pages(folder, maker, "*/*.toml")
    cases = {case.name: case for page in pages for case in page.cases.values()}
    cases |= {case.name: case for case in _stories(folder, maker)}
    twins = read_twins(folder / _TWINS, maker) if (folder / _TWINS).is_file() else {}
    return Corpus(folder, now, pages, dict(sorted(cases.items())), twins, maker)


def moment_of(folder: Path) -> datetime:
    """The moment for which the cases of a folder are written.

    Raises:
        CasesError: the folder does not say it, so it is none of cases.
    """
    try:
        return datetime.fromisoformat((folder / _NOW).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        words = f"holds no cases: a folder of cases has a file {_NOW} with the moment for which they are written"
        raise CasesError((Problem(str(folder), "", words),)) from None


def _stories(folder: Path, maker: CallMaker) -> Iterable[Case]:
    for path in sorted(folder.glob("stories/*/request.json")):
        name = path.parent.relative_to(folder).as_posix()
        try:
            yield Case(name, "", None, call_in(path, maker))
        except ValueError as fault:
            raise CasesError((Problem(f"{folder.name}/{name}", "", str(fault)),)) from None
