"""The hormone syndrome of a tumor: recorded, named by pathology, shown by its signs, or only suspected."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.guideline.features import Gap
from tests.charts import Resource, condition, gap, observation, pathology, request, seen

ILEUM = condition("icd-10-cm|C7A.012", id="ileum")
PANCREAS = condition("icd-10-cm|C25.4", id="pancreas")
BREAST = condition("icd-10-cm|C50.911", id="breast")
FLUSHING = condition("icd-10-cm|R23.2 'Flushing'", text="Flushing")


def hiaa(value: float = 60, high: float = 45, date: str = "2026-06-01", **members: Any) -> Resource:
    return observation("", value, "umol/24h", text="5-HIAA in 24 h urine", date=date, high=high, **members)


def hormone(*resources: Resource) -> str:
    return seen("hormone", *resources)


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (condition("icd-10-cm|E34.00"), "carcinoid"),
        (condition("icd-10-cm|E34.09"), "carcinoid"),
        (condition("snomed|35868009"), "carcinoid"),
        (condition(text="Carcinoid syndrome"), "carcinoid"),
        (condition(text="Zollinger-Ellison syndrome"), "gastrinoma"),
        (condition(text="Functioning neuroendocrine tumor"), "unspecified"),
        (condition(text="Nonfunctioning NET of the ileum"), "nonfunctioning"),
    ],
)
def test_a_syndrome_beside_a_net_is_its_hormone(resource: Resource, value: str) -> None:
    assert hormone(ILEUM, resource) == value


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (condition("snomed|302824004"), "gastrinoma"),
        (condition("snomed|20955008"), "insulinoma"),
        (condition(text="Insulinoma of the pancreas"), "insulinoma"),
        (condition("snomed|302823005"), "other"),
        (condition(text="VIPoma"), "other"),
        (condition("icd-10|C25.4", morphology="icd-o-3|8153/3"), "gastrinoma"),
    ],
)
def test_the_name_of_the_tumor_may_be_its_hormone(resource: Resource, value: str) -> None:
    assert hormone(resource) == value


def test_hyperinsulinemic_hypoglycemia_with_an_islet_tumor_is_an_insulinoma() -> None:
    low = condition("icd-10-cm|E16.1 'Other hypoglycemia'", text="Hyperinsulinemic hypoglycemia")
    assert hormone(PANCREAS, low) == "insulinoma"
    assert hormone(ILEUM, low) == "none-recorded"


@pytest.mark.parametrize("symptom", [FLUSHING, condition(text="Chronic diarrhea")])
def test_a_high_5_hiaa_with_flushing_or_diarrhea_is_carcinoid(symptom: Resource) -> None:
    assert hormone(ILEUM, symptom, hiaa()) == "carcinoid"


@pytest.mark.parametrize(
    "resources",
    [
        (FLUSHING,),
        (hiaa(),),
        (FLUSHING, hiaa(40)),
        (FLUSHING, hiaa(45)),  # not above its limit
        (FLUSHING, hiaa(date="2025-11-14")),  # older than a year
        (condition(text="Flushing", verificationStatus="refuted"), hiaa()),
    ],
)
def test_flushing_or_5_hiaa_alone_or_old_is_no_syndrome(resources: tuple[Resource, ...]) -> None:
    assert hormone(ILEUM, *resources) == "none-recorded"


def test_of_several_syndromes_the_one_that_changes_most_counts() -> None:
    carcinoid, gastrinoma = condition("icd-10-cm|E34.00"), condition(text="Zollinger-Ellison syndrome")
    assert hormone(PANCREAS, carcinoid, gastrinoma) == "gastrinoma"
    assert hormone(PANCREAS, carcinoid, condition(text="Insulinoma of the pancreas")) == "insulinoma"
    assert hormone(PANCREAS, carcinoid, condition(text="Nonfunctioning NET of the pancreas")) == "carcinoid"


def test_no_syndrome_is_recorded_only_after_a_search() -> None:
    assert hormone(ILEUM) == "none-recorded"
    assert gap("hormone", ILEUM, without=("conditions",)) is Gap.NOT_SEARCHED


def test_a_syndrome_of_one_of_two_nets_is_not_guessed() -> None:
    syndrome = condition("icd-10-cm|E34.00")
    assert gap("hormone", ILEUM, PANCREAS, syndrome, tumor="Condition/ileum") is Gap.NOT_LINKED
    own = condition(text="Insulinoma of the pancreas", id="a")
    assert seen("hormone", ILEUM, own, syndrome, tumor="Condition/a") == "insulinoma"


def test_a_syndrome_never_belongs_to_another_cancer() -> None:
    assert seen("hormone", ILEUM, BREAST, condition("icd-10-cm|E34.00"), tumor="Condition/breast") == "none-recorded"


@pytest.mark.parametrize("drug", ["Diazoxide 100 mg", "Proglicem"])
def test_diazoxide_beside_a_tumor_of_the_islets_is_a_sign_of_insulinoma(drug: str) -> None:
    assert hormone(PANCREAS, request(drug)) == "insulinoma"
    assert hormone(ILEUM, request(drug)) == "none-recorded"
    assert hormone(PANCREAS, request("Diazoxide injection i.v.")) == "none-recorded"
    assert hormone(PANCREAS, request("Metformin")) == "none-recorded"


def test_a_syndrome_that_is_only_suspected_is_neither_there_nor_absent() -> None:
    assert hormone(PANCREAS, condition(text="Carcinoid syndrome", verificationStatus="provisional")) == "unknown"
    assert hormone(PANCREAS, condition(text="Possible carcinoid syndrome")) == "unknown"
    assert hormone(PANCREAS, condition(text="Carcinoid syndrome", verificationStatus="refuted")) == "none-recorded"


def test_the_name_pathology_gives_may_be_the_hormone() -> None:
    assert hormone(PANCREAS, pathology("Insulinoma, well differentiated, G1.")) == "insulinoma"


def test_a_gastrinoma_that_is_only_suspected_is_no_hormone_yet() -> None:
    assert seen("hormone", condition(text="Gastrinoma", verificationStatus="provisional")) == "unknown"
    assert seen("hormone", condition(text="V. a. Insulinom")) == "unknown"


@pytest.mark.parametrize(
    "resource",
    [
        condition("icd-10-cm|E16.2"),
        condition("icd-10-cm|E16.1"),
        condition("snomed|302866003"),
        condition(text="Recurrent hypoglycemia"),
        condition(text="Rezidivierende Hypoglykämien"),
    ],
)
def test_a_hypoglycemia_beside_a_tumor_of_the_islets_is_neither_insulinoma_nor_nothing(resource: Resource) -> None:
    assert hormone(PANCREAS, resource) == "unknown"
    assert gap("hormone", PANCREAS, resource) is Gap.NOT_RECORDED
    assert hormone(PANCREAS, condition(text="Nonfunctioning NET of the pancreas"), resource) == "unknown"
    assert hormone(ILEUM, resource) == "none-recorded"


@pytest.mark.parametrize(
    "resource",
    [
        condition(text="Drug-induced hypoglycemia"),
        condition("icd-10-cm|E16.2", verificationStatus="refuted"),
        condition(text="Diabetes with hypoglycemia"),
    ],
)
def test_a_hypoglycemia_that_has_a_cause_or_is_refuted_asks_nothing(resource: Resource) -> None:
    assert hormone(PANCREAS, resource) == "none-recorded"
