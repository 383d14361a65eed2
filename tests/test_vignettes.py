"""Clinical vignettes: whole patients and the picture that a careful reader draws of them.

Compares the picture, and the statements that the cards carry: those that must come, and those that must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cds_service.cases.pages import Case
from cds_service.config import Settings
from cds_service.guideline.features import Feature, PatientPicture, TumorPicture
from cds_service.guideline.vocabulary import VOCABULARY, Scope
from cds_service.hooks.contract import require_valid
from cds_service.hooks.services import services
from cds_service.hooks.templates import all_templates
from cds_service.web.app import create_app
from tests.asked import CORPUS, KNOWLEDGE, NOW, VIGNETTES, made_of, shown

pytestmark = pytest.mark.every_case

# A picture is of the patient, not of the hook: every declared search stands open, whatever the hook's own rows need.
SERVICES = {service.hook: service for service in services(lambda hook: all_templates(KNOWLEDGE))}
# A silent vignette has no advice; that a result cannot be read, and where the text comes from, may be said.
NO_ADVICE = {"nse-not-convertible", "source-status"}
STATEMENT = re.compile(r"(?:S0|S1|X)-\d\d")
SECTIONS = {Scope.PATIENT: "patient", Scope.TUMOR: "tumor", Scope.CALL: "call"}

Expected = Mapping[str, Any]


def name_of(vignette: Case) -> str:
    return vignette.page.rpartition("/")[2]


def drawn(vignette: Case) -> PatientPicture:
    made = made_of(vignette, offered=SERVICES)
    assert made.picture is not None
    return made.picture


def difference(where: str, name: str, values: list[str], got: Feature) -> str:
    """What is expected, what came instead, and what it rests on; "" where they agree."""
    if set(values) == got.values:
        return ""
    why = [f"{item.text} [{item.reference}]" for item in got.evidence]
    reasons = "; ".join([*filter(None, (str(got.gap or ""), got.note)), *why]) or "no reason given"
    return f"{where} {name}: expected {' '.join(sorted(values))}, got {got.shown} ({reasons})"


def of_section(where: str, expected: Expected, got: Mapping[str, Feature]) -> Iterator[str]:
    named = {name: values for name, values in expected.items() if name != "label"}
    yield from filter(None, (difference(where, name, values, got[name]) for name, values in named.items()))


def matched(expected: list[Expected], got: tuple[TumorPicture, ...]) -> Iterator[tuple[Expected, TumorPicture]]:
    """Tumors by their reference where the file gives one, else the only one there is."""
    if len(expected) == len(got) == 1:
        yield expected[0], got[0]
        return
    by_reference = {tumor.reference: tumor for tumor in got}
    assert sorted(by_reference) == sorted(tumor["label"] for tumor in expected), "other tumors than expected"
    yield from ((tumor, by_reference[tumor["label"]]) for tumor in expected)


def differences(expected: Expected, picture: PatientPicture) -> Iterator[str]:
    yield from of_section("patient", expected["patient"], picture.patient)
    for tumor, got in matched(expected["tumor"], picture.tumors):
        yield from of_section(f"tumor {got.reference}".strip(), tumor, got.features)
    yield from of_section("call", expected["call"], picture.call)


@pytest.mark.parametrize("vignette", VIGNETTES, ids=name_of)
def test_the_picture_of_a_vignette_is_the_one_its_reader_draws(vignette: Case) -> None:
    found = list(differences(vignette.expect, drawn(vignette)))
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("vignette", VIGNETTES, ids=name_of)
def test_a_vignette_speaks_in_the_words_of_the_vocabulary(vignette: Case) -> None:
    expected = vignette.expect
    assert expected.keys() == {"must_fire", "must_not_fire", "silent", *SECTIONS.values()}
    assert all(STATEMENT.fullmatch(statement) for statement in expected["must_fire"] + expected["must_not_fire"])
    sections = [expected["patient"], expected["call"], *expected["tumor"]]
    for section in sections:
        for name, values in section.items():
            if name == "label":
                continue
            assert set(values) <= set(VOCABULARY[name].values), name
            assert section in (expected["tumor"] if VOCABULARY[name].scope is Scope.TUMOR else sections[:2]), name


@pytest.mark.parametrize("vignette", VIGNETTES, ids=name_of)
def test_a_vignette_is_a_call_that_the_service_answers(vignette: Case) -> None:
    client = create_app(Settings(now=NOW), knowledge=KNOWLEDGE).test_client()
    response = client.post(
        f"/cds-services/nen-{vignette.call['hook']}", data=vignette.body, content_type="application/json"
    )
    assert response.status_code == 200
    require_valid(response.get_json(), "hook-response", "$")


def test_each_vignette_has_a_page_with_a_number_and_a_title_of_its_own() -> None:
    pages = CORPUS.below("vignettes")
    assert pages
    assert len({name_of(vignette).partition("-")[0] for vignette in VIGNETTES}) == len(pages) == len(VIGNETTES)
    assert len({page.head["title"] for page in pages}) == len(pages)


@pytest.mark.parametrize("vignette", VIGNETTES, ids=name_of)
def test_the_cards_of_a_vignette_carry_what_they_must_and_nothing_they_must_not(vignette: Case) -> None:
    expected, rows = vignette.expect, shown(made_of(vignette).body)
    carried = {statement for row in rows for statement in KNOWLEDGE.by_id[row].statements}
    assert set(expected["must_fire"]) <= carried
    assert not set(expected["must_not_fire"]) & carried
    assert not expected["silent"] or rows <= NO_ADVICE
