"""The cases of `fhir_fixtures` and the service they are held against, for all tests that ask them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cds_service.answer import Answer, Guideline, answer
from cds_service.authoring.pairs import Pair, Pairs
from cds_service.cases.corpus import Corpus, read_corpus
from cds_service.cases.pages import Case
from cds_service.guideline.knowledge import Knowledge
from cds_service.hooks.basis import BASIS
from cds_service.hooks.services import Service, services
from cds_service.hooks.templates import templates_for
from cds_service.json_bytes import encode
from tests import charts
from tests.conftest import FIXTURES

GUIDELINE = charts.GUIDELINE
KNOWLEDGE = GUIDELINE.knowledge
CORPUS: Corpus = read_corpus(FIXTURES, KNOWLEDGE)
NOW = CORPUS.now
SERVICES: Mapping[str, Service] = {
    service.hook: service for service in services(lambda hook: templates_for(KNOWLEDGE, hook))
}

Call = dict[str, Any]


def cases_below(folder: str) -> list[Case]:
    """The cases of one kind, in the order of their names."""
    return [case for case in CORPUS.cases.values() if case.name.startswith(f"{folder}/")]


RECOMMENDATIONS = cases_below("recommendations")
DANGERS = cases_below("dangers")
BOUNDARIES = cases_below("boundaries")
VIGNETTES = cases_below("vignettes")
STORIES = cases_below("stories")
FIRING = [case for case in RECOMMENDATIONS if case.short_name.startswith("fires--")]


@cache
def pairs() -> Pairs:
    """What can stand in one answer; found when it is first asked for."""
    return Pairs(KNOWLEDGE.recommendations, KNOWLEDGE.impossible, KNOWLEDGE.subjects)


def pairs_of(knowledge: Knowledge) -> Pairs:
    """In the place of `Pairs.of` where a test is about something else: those of the same rows are found once."""
    if knowledge.recommendations is KNOWLEDGE.recommendations:
        return pairs()
    return Pairs(knowledge.recommendations, knowledge.impossible, knowledge.subjects)


@cache
def possible() -> dict[frozenset[str], Pair]:
    """The pairs that can stand in one answer, by the names of the two."""
    return {frozenset((pair.one.id, pair.other.id)): pair for pair in pairs().possible}


def name_of(case: Case) -> str:
    return case.name


def call_of(case: Case) -> Call:
    """The hook call of a case, fresh, for changing."""
    call: Call = json.loads(case.body)
    return call


def made_of(case: Case, guideline: Guideline = GUIDELINE, offered: Mapping[str, Service] = SERVICES) -> Answer:
    """The answer to a case and how it came about."""
    return answer(case.body, offered[case.call["hook"]], guideline, NOW, lambda: "unused")


def answered(call: Call) -> Call:
    """The answer with ids counted up, so that it can be compared."""
    numbers = itertools.count(1)
    made = answer(
        json.dumps(call).encode(),
        SERVICES[call["hook"]],
        GUIDELINE,
        NOW,
        lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
    )
    body: Call = json.loads(encode(made.body))
    return body


def shown(body: Call) -> set[str]:
    """The ids of all recommendations on the cards."""
    return {row["id"] for card in body["cards"] for row in card["extension"][BASIS].get("recommendations", [])}
