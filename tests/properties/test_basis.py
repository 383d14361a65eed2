"""A recommendation rests on what its card cites: without that it falls silent, with nothing else it still speaks."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from cds_service.answer import Answer
from cds_service.errors import DataMissing
from cds_service.guideline.judge import Outcome
from tests.asked import KNOWLEDGE, shown
from tests.properties.charts import (
    FIXTURES,
    answer_to,
    ask,
    call_of,
    cited,
    everything,
    features_of,
    picture_of,
    reference_of,
    resources_of,
    without,
)

pytestmark = pytest.mark.every_case

ROWS = {row.id: row for row in KNOWLEDGE.recommendations}
# Values that say that nothing is recorded. Only they may cite nothing; a row that lists one of them for a feature
# speaks about patients without that fact too, so taking the fact away need not silence it.
ABSENCE = {
    "unknown",
    "none",
    "none-found",
    "none-recorded",
    "not-found",
    "not-recorded",
    "not-applicable",
    "too-few",  # of results that could be compared
    "possible",  # a pregnancy of which nothing is recorded
}
# Features of which "no" says that there are too few results for a "yes".
NO_BY_ABSENCE = {"nse-persistence"}
# Rows whose card cites less than what it rests on, and why.
CITES_LESS = {
    "nse-collection-note": "nse-specimen cites what tells of hemolysis, not the NSE result whose sample it was"
}


FIRING = [fixture for fixture in FIXTURES if "/fires--" in fixture or fixture.startswith("stories/")]


def rows_of(fixture: str) -> list[str]:
    """The rows to look at: the one the fixture is about, in a story all that are shown."""
    place, name = fixture.split("/")[:2]
    return [name] if place == "recommendations" else sorted(shown(answer_to(fixture).body))


def speaks_without(row: str, feature: str) -> bool:
    """Whether the row lists a value of this feature that says that nothing is recorded."""
    return bool(ABSENCE & set(ROWS[row].when[feature]))


def still_shown(fixture: str, row: str, gone: Collection[str]) -> Answer | None:
    """The answer without these resources, if the row stands on a card of it."""
    try:
        made = ask(without(call_of(fixture), gone))
    except DataMissing:
        return None
    return made if row in shown(made.body) else None


def after_removal(fixture: str, row: str, *names: str) -> Answer | None:
    """Takes away what these features cite, then what they cite instead (an older result), until they cite nothing."""
    made: Answer | None = answer_to(fixture)
    gone: set[str] = set()
    while made and (more := cited(f for f in features_of(made, row) if f["name"] in names) - gone):
        gone |= more
        made = still_shown(fixture, row, gone)
    return made


def facts_of(fixture: str, row: str) -> list[str]:
    """The features of the row that have a known value and cite resources."""
    features = features_of(answer_to(fixture), row)
    return list(dict.fromkeys(f["name"] for f in features if "unknown" not in f["values"] and cited([f])))


def fires_on_its_citations(fixture: str, row: str) -> bool:
    """Whether the row fires on nothing but the Patient and what its card cites."""
    call = call_of(fixture)
    others = {reference_of(resource) for resource in resources_of(call)} - {f"Patient/{call['context']['patientId']}"}
    verdicts = ask(without(call, others - cited(features_of(answer_to(fixture), row)))).verdicts
    return any(v.recommendation.id == row and v.outcome is Outcome.FIRES for v in verdicts)


@pytest.mark.parametrize("fixture", FIRING)
def test_without_a_fact_it_rests_on_a_recommendation_falls_silent(fixture: str) -> None:
    for row in rows_of(fixture):
        for name in facts_of(fixture, row):
            if after_removal(fixture, row, name) is not None:
                assert speaks_without(row, name), f"{row} speaks without {name}, which it rests on"


@pytest.mark.parametrize("fixture", FIRING)
def test_without_all_that_is_cited_a_recommendation_falls_silent(fixture: str) -> None:
    for row in rows_of(fixture):
        names = facts_of(fixture, row)
        if after_removal(fixture, row, *names) is not None:
            assert all(speaks_without(row, name) for name in names), f"{row} speaks without all that it cites"


@pytest.mark.parametrize("fixture", FIRING)
def test_what_a_recommendation_cites_is_enough_for_it(fixture: str) -> None:
    """It fires then too; a row about patients with less data may take its place. Footers cite nothing of their own."""
    for row in rows_of(fixture):
        if not ROWS[row].footer and row not in CITES_LESS:
            assert fires_on_its_citations(fixture, row), f"{row} does not fire on what its card cites"


@pytest.mark.parametrize("row", CITES_LESS)
def test_a_row_is_excused_only_as_long_as_it_cites_less_than_it_rests_on(row: str) -> None:
    assert not all(fires_on_its_citations(fixture, row) for fixture in FIRING if row in rows_of(fixture))


@pytest.mark.parametrize("fixture", FIXTURES)
def test_only_absence_cites_nothing_and_what_is_cited_came_with_the_call(fixture: str) -> None:
    came = {reference_of(resource) for resource in everything(call_of(fixture))}
    picture = picture_of(answer_to(fixture))
    for table in (picture.patient, picture.call, *(tumor.features for tumor in picture.tumors)):
        for feature in table.values():
            named = {item.reference for item in feature.evidence if item.reference}
            assert named <= came
            absent = feature.values <= ABSENCE or feature.name in NO_BY_ABSENCE
            assert named or absent, f"{feature.name} is {feature.shown} by nothing that it names"
