"""Prefetch templates: what clients are asked for follows from the knowledge alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from cds_service.hooks.templates import SERVER_SEARCHES, all_templates, templates_for
from tests.hooks.made import GUIDELINE

KNOWLEDGE = GUIDELINE.knowledge
TEMPLATES = all_templates(KNOWLEDGE)
HOOKS = ("patient-view", "order-select", "order-sign")


def test_there_are_14_keys_at_most_and_each_template_is_short() -> None:
    assert len(TEMPLATES) <= 14
    assert all(len(template) <= 1500 for template in TEMPLATES.values())


def test_only_the_patient_of_the_context_is_used_as_a_token() -> None:
    tokens = {token for template in TEMPLATES.values() for token in re.findall(r"\{\{.*?\}\}", template)}
    assert tokens == {"{{context.patientId}}"}
    assert all(template.count("{{") == 1 for template in TEMPLATES.values())


def test_nothing_cuts_a_result_in_silence() -> None:
    assert not any("_count" in template or "_summary" in template for template in TEMPLATES.values())


def test_the_patient_is_read_and_all_else_is_searched_by_patient() -> None:
    assert TEMPLATES["patient"] == "Patient/{{context.patientId}}"
    others = [template for key, template in TEMPLATES.items() if key != "patient"]
    assert all(re.match(r"[A-Z]\w+\?patient=\{\{context\.patientId\}\}", template) for template in others)


@pytest.mark.parametrize("key", ["nse", "markers", "pathology", "status"])
def test_observations_are_asked_for_by_system_and_code_and_not_by_category(key: str) -> None:
    query, _, codes = TEMPLATES[key].partition("&code=")
    assert query == "Observation?patient={{context.patientId}}"
    assert codes
    assert all(re.fullmatch(r"https?://[^|,]+\|[^|,]+|urn:[^|,]+\|[^|,]+", code) for code in codes.split(","))


def test_the_codes_of_a_template_are_those_of_the_concepts_that_name_it() -> None:
    codes = TEMPLATES["nse"].partition("&code=")[2].split(",")
    assert "http://loinc.org|15060-7" in codes
    assert codes == sorted(set(codes))


def test_a_code_added_to_a_concept_is_asked_for() -> None:
    concept = KNOWLEDGE.concepts["markers/nse"]
    line = replace(concept.codes[0], code="local-1")
    concepts = dict(KNOWLEDGE.concepts) | {concept.id: replace(concept, codes=(*concept.codes, line))}
    changed = all_templates(replace(KNOWLEDGE, concepts=concepts))
    assert "|local-1" in changed["nse"]
    assert {key for key in TEMPLATES if TEMPLATES[key] != changed[key]} == {"nse"}


@pytest.mark.parametrize("hook", HOOKS)
def test_a_service_lists_only_what_its_rows_need(hook: str) -> None:
    needed = {search for row in KNOWLEDGE.recommendations if hook in row.hooks for search in row.searches}
    assert set(templates_for(KNOWLEDGE, hook)) == needed - SERVER_SEARCHES.keys()
    assert {"patient", "conditions"} <= needed


def test_a_hook_without_rows_asks_for_nothing() -> None:
    assert dict(templates_for(KNOWLEDGE, "appointment-book")) == {}


def test_every_search_of_the_vocabulary_has_a_template_or_is_asked_of_a_server() -> None:
    asked = TEMPLATES.keys() | SERVER_SEARCHES.keys()
    assert {search for row in KNOWLEDGE.recommendations for search in row.searches} <= asked


def test_templates_always_come_in_the_same_order() -> None:
    assert list(TEMPLATES)[:3] == ["patient", "conditions", "nse"]
    in_order = [key for key in TEMPLATES if key in templates_for(KNOWLEDGE, "order-sign")]
    assert list(templates_for(KNOWLEDGE, "order-sign")) == in_order
