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
from cds_service.authoring.flips import Flip, flips_of, shown_by
from cds_service.authoring.pairs import Pairs
from cds_service.cases.corpus import FIRES, RECOMMENDATIONS, Corpus
from cds_service.cases.pages import Case
from cds_service.cases.twins import parts_of, twin_of
from cds_service.errors import CasesError, CdsError, Problem
from cds_service.guideline.features import PatientPicture
from cds_service.guideline.judge import Outcome, judge
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.basis import BASIS
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
    """A case once asked.

    Attributes:
        speaks: the recommendations whose conditions hold, as the list writes them.
        on_cards: those that the cards carry.
        flips: the wrong conditions that this case would show.
    """

    speaks: str
    on_cards: frozenset[str]
    flips: frozenset[Flip]


_NOTHING = Seen("-", frozenset(), frozenset())


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
        except CdsError:
            return _NOTHING
        if made.picture is None:
            return _NOTHING
        flips = {flip for row in self._rows for flip in shown_by(row, made.picture, hook)}
        bases = [card["extension"][BASIS] for card in made.body["cards"]]
        on_cards = {named["id"] for basis in bases for named in basis.get("recommendations", ())}
        return Seen(self._speaking(made.picture, hook), frozenset(on_cards), frozenset(flips))

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
    """How far the guideline is proven.

    Attributes:
        lines: the list as the service answers now.
        faults: cases that are answered otherwise than their names say.
        shown, impossible, open: every flip: shown by a case or twin, such as no chart can hold, and the rest.
    """

    lines: Mapping[str, str]
    faults: tuple[Problem, ...]
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
    return _summed_up(knowledge, seen, _misnamed(corpus, seen))


def misnamed(case: Case, seen: Seen) -> Iterator[Problem]:
    """A case of a recommendation that is answered otherwise than its name says."""
    folder, _, row = case.page.partition("/")
    if folder != RECOMMENDATIONS:
        return
    speaks = row in seen.on_cards
    if speaks != case.short_name.startswith(FIRES):
        words = f"{row} {'speaks' if speaks else 'is silent'}, and the name of the case says otherwise"
        yield Problem(f"fhir_fixtures/{case.page}.toml", case.short_name, words)


def _misnamed(corpus: Corpus, seen: Mapping[str, Seen]) -> tuple[Problem, ...]:
    return tuple(fault for name, case in corpus.cases.items() for fault in misnamed(case, seen[name]))


def _summed_up(knowledge: Knowledge, seen: Mapping[str, Seen], faults: tuple[Problem, ...]) -> Proof:
    every = [flip for row in knowledge.recommendations for flip in flips_of(row)]
    shown = frozenset[Flip]().union(*(one.flips for one in seen.values()))
    rest = [flip for flip in every if flip not in shown]
    pairs = Pairs.of(knowledge)
    can = {f for f in rest if pairs.can_hold(knowledge.by_id[f.row], f.fact, f.value)}
    lines = {name: one.speaks for name, one in seen.items()}
    return Proof(lines, faults, shown, frozenset(rest) - can, frozenset(can))


def completed(knowledge: Knowledge, corpus: Corpus, known: Iterable[str] = (), progress: Progress = iter) -> Proof:
    """Asks every case, and looks for each flip that none shows for a twin of a case in which its recommendation speaks.

    A twin of the list as it stands (`known`) stays while it shows something that nothing else shows.
    """
    asking, seen, shown = Asking(knowledge, corpus), dict[str, Seen](), set[Flip]()
    for case in progress([*corpus.cases.values(), *_twins_in(known, corpus)]):
        one = asking.ask(case)
        if case.name in corpus.cases or one.flips - shown:
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
    return _summed_up(knowledge, seen, _misnamed(corpus, seen))


def _twins_in(names: Iterable[str], corpus: Corpus) -> Iterator[Case]:
    """The twins of a list, but for those whose case or change is gone."""
    for name in names:
        if parts_of(name)[1]:
            with suppress(CasesError):
                yield corpus.find(name)


def _candidates(flip: Flip, corpus: Corpus) -> Iterator[Case]:
    """The twins that give the fact this value, of the cases in which the recommendation speaks."""
    bases = [case for case in corpus.of_row(flip.row) if case.short_name.startswith(FIRES) and case.told]
    for twin in corpus.twins.values():
        if (twin.fact, twin.value) == (flip.fact, flip.value):
            for base in bases:
                try:
                    yield twin_of(base, twin, corpus.maker)
                except ValueError:
                    continue  # this change needs a line that the case does not have
