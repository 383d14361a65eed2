"""What the cases prove of the guideline: which recommendations speak in each, and which wrong conditions they show.

The list `rows-that-fire.txt` says it for every case and for the twins that add something; a test and `check --all` hold
it against the service, so that a changed condition is seen as changed lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.answer import Guideline, answer
from cds_service.authoring.pairs import Pairs
from cds_service.cases.corpus import FIRES, Corpus
from cds_service.cases.flips import Flip, flips_of, shown_by
from cds_service.cases.pages import Case
from cds_service.cases.twins import parts_of, twin_of
from cds_service.errors import CasesError, CdsError
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Outcome, judge
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.services import Service, services
from cds_service.hooks.templates import templates_for

LIST = "rows-that-fire.txt"
_HEAD = """\
# Every case and the recommendations that speak in it, with their tumor where there are several; "-" where none does.
# A line "case + fact = value" is the same patient with that one fact changed (twins.toml), where no case shows it.
# Made by `python -m cds_service pages`: read what has changed, line by line, before you commit it.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A case once asked: who speaks, as the list writes it, and the flips that it shows."""

    speaks: str
    flips: frozenset[Flip]


class Asking:
    """Asks cases, each by the service of its hook, at the moment for which they are written."""

    def __init__(self, knowledge: Knowledge, corpus: Corpus) -> None:
        self._guideline = Guideline.of(knowledge)
        self._services: Mapping[str, Service] = {
            service.hook: service for service in services(lambda hook: templates_for(knowledge, hook))
        }
        self._corpus = corpus
        self._rows = knowledge.recommendations

    def ask(self, case: Case) -> Seen:
        """Who speaks in a case. A call that is answered without looking at a patient is silent."""
        hook = case.call["hook"]
        try:
            made = answer(case.body, self._services[hook], self._guideline, self._corpus.now, lambda: "unused")
            picture = made.picture
        except CdsError:
            picture = None
        if picture is None:
            return Seen("-", frozenset())
        shown = (flip for row in self._rows for flip in shown_by(row, picture, hook))
        return Seen(self._speaking(picture, hook), frozenset(shown))

    def _speaking(self, picture: PatientPicture, hook: str) -> str:
        several = len(picture.tumors) > 1
        speaks = [
            verdict.recommendation.id + (f"[{verdict.tumor.reference}]" if several and verdict.tumor else "")
            for verdict in judge(picture, hook, self._rows)
            if verdict.outcome is Outcome.FIRES
        ]
        return " ".join(sorted(speaks)) or "-"


def read_list(folder: Path) -> dict[str, str]:
    """The list as it stands: who speaks, by the name of the case or twin. Empty where there is none yet."""
    path = folder / LIST
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    pairs = (line.rpartition(": ") for line in lines if line and not line.startswith("#"))
    return {name: speaks for name, _, speaks in pairs}


def written_list(lines: Mapping[str, str]) -> str:
    """The list as it stands in its file."""
    return _HEAD + "".join(f"{name}: {lines[name]}\n" for name in sorted(lines))


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the guideline is proven: the list as the service answers now, and every flip, by who shows it."""

    lines: Mapping[str, str]
    shown: frozenset[Flip]
    impossible: frozenset[Flip]
    open: frozenset[Flip]

    def __str__(self) -> str:
        total = len(self.shown) + len(self.impossible) + len(self.open)
        return (
            f"{total} values of conditions: {len(self.shown)} shown by a case or twin, {len(self.impossible)} that"
            f" no chart can hold (impossible.toml says why), {len(self.open)} not shown"
        )


Progress = Callable[[list[Any]], Iterable[Any]]


def proven(knowledge: Knowledge, corpus: Corpus, known: Iterable[str] = (), progress: Progress = iter) -> Proof:
    """Asks every case, and of the twins those that `known` names (the list as it stands); `progress` shows how far.

    What the list names and the pages no longer make is missing in the proof, as a changed line.
    """
    asking = Asking(knowledge, corpus)
    cases = [*corpus.cases.values(), *_twins_in(known, corpus)]
    seen = {case.name: asking.ask(case) for case in progress(cases)}
    return _summed_up(knowledge, seen)


def _summed_up(knowledge: Knowledge, seen: Mapping[str, Seen]) -> Proof:
    every = [flip for row in knowledge.recommendations for flip in flips_of(row)]
    shown = frozenset[Flip]().union(*(one.flips for one in seen.values()))
    rest = [flip for flip in every if flip not in shown]
    pairs = Pairs.of(knowledge)
    can = {f for f in rest if pairs.can_hold(knowledge.by_id[f.row], f.fact, f.value)}
    return Proof({name: one.speaks for name, one in seen.items()}, shown, frozenset(rest) - can, frozenset(can))


def completed(
    knowledge: Knowledge, corpus: Corpus, known: Iterable[str] = (), progress: Progress = iter
) -> dict[str, str]:
    """The list anew: every case, and for each flip that none shows a twin of a `fires--` case of its recommendation.

    A twin that stands in the list stays while it shows something that nothing else shows.
    """
    asking = Asking(knowledge, corpus)
    seen = {name: asking.ask(case) for name, case in corpus.cases.items()}
    shown = set[Flip]().union(*(one.flips for one in seen.values()))
    for case in _twins_in(known, corpus):
        one = asking.ask(case)
        if one.flips - shown:
            seen[case.name] = one
            shown |= one.flips
    wanted = [flip for row in knowledge.recommendations for flip in flips_of(row)]
    for flip in progress([flip for flip in wanted if flip not in shown]):
        if flip in shown:
            continue
        tried = ((case, asking.ask(case)) for case in _candidates(flip, corpus))
        found = next(((case, one) for case, one in tried if flip in one.flips), None)
        if found:
            seen[found[0].name] = found[1]
            shown |= found[1].flips
    return {name: one.speaks for name, one in seen.items()}


def _twins_in(names: Iterable[str], corpus: Corpus) -> Iterator[Case]:
    """The twins of a list, but for those whose case or change is gone."""
    for name in names:
        if parts_of(name)[1]:
            with suppress(CasesError):
                yield corpus.find(name)


def _candidates(flip: Flip, corpus: Corpus) -> Iterator[Case]:
    """The twins that give the fact this value, of the cases in which the recommendation speaks."""
    bases = [case for case in corpus.of_row(flip.row) if case.name.rpartition("/")[2].startswith(FIRES) and case.told]
    for twin in corpus.twins.values():
        if (twin.fact, twin.value) == (flip.fact, flip.value):
            for base in bases:
                try:
                    yield twin_of(base, twin, corpus.maker)
                except ValueError:
                    continue  # this change needs a line that the case does not have
