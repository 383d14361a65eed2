"""Codes and text against the code lists: dots, blocks, foreign systems, unverified codes and contradictions."""

from __future__ import annotations

import pytest

from cds_service.authoring.reading import read_knowledge
from cds_service.errors import KnowledgeError
from cds_service.fhir.codes import Codeable, CodeBook, Coding
from cds_service.fhir.texts import Certainty
from cds_service.guideline.concepts import ConceptId
from tests.fhir.books import BOOK, LOINC, coded, coding, ids


@pytest.mark.parametrize(
    ("uri", "alias"),
    [
        (LOINC, "loinc"),
        (" http://loinc.org ", "loinc"),
        ("urn:oid:2.16.840.1.113883.6.1", "loinc"),
        ("urn:oid:2.16.840.1.113883.6.90", "icd-10-cm"),
        ("urn:oid:1.2.3", ""),
        ("", ""),
    ],
)
def test_a_code_system_is_known_by_its_url_and_by_its_oid(uri: str, alias: str) -> None:
    assert BOOK.alias(uri) == alias


def test_the_first_uri_of_a_system_is_sent_out() -> None:
    assert BOOK.uri("loinc") == LOINC


@pytest.mark.parametrize("code", ["C7A.012", "C7A012", "c7a.012", " C7A.012 "])
@pytest.mark.parametrize("system", ["icd-10-cm", "icd-10"])
def test_an_icd_code_counts_with_and_without_its_dot_and_in_both_trees(system: str, code: str) -> None:
    assert "diagnoses/net" in ids(coded(system, code), "diagnoses")


def test_the_very_code_hides_the_category_and_the_block_above_it() -> None:
    meanings = BOOK.meanings(coded("icd-10-cm", "C7A.012"), "diagnoses")
    assert [(m.name, m.rank, dict(m.attributes)) for m in meanings] == [
        ("net", 3, {"site": "small-intestine"}),
        ("metastasis", 3, {}),
    ]


def test_a_category_stands_for_its_children_and_hides_the_block() -> None:
    meanings = BOOK.meanings(coded("icd-10-cm", "C7A.019"), "diagnoses")
    assert [(m.name, m.rank, m.attributes["site"]) for m in meanings] == [("net", 2, "other")]


@pytest.mark.parametrize(
    ("code", "inside"),
    [("C00", True), ("C97.9", True), ("C61", True), ("B99", False), ("D00.0", False), ("C7B.1", True)],
)
def test_a_block_reaches_from_its_first_to_its_last_category(code: str, inside: bool) -> None:
    assert ids(coded("icd-10-cm", code), "diagnoses") == (["diagnoses/other-cancer"] if inside else [])


def test_a_code_without_children_does_not_stand_for_longer_codes() -> None:
    assert ids(coded("icd-10-cm", "Z33.1"), "patient") == []


def test_a_drug_class_stands_for_its_substances_and_a_shorter_code_for_nothing() -> None:
    assert ids(coded("atc", "L01XA03"), "treatments") == ["treatments/platinum"]
    assert ids(coded("atc", "L01"), "treatments") == []


def test_an_icd_code_in_no_list_silences_its_text() -> None:
    assert ids(coded("icd-10-cm", "Z33.9", text="NET of the ileum"), "diagnoses") == []


def test_an_unknown_code_of_another_system_leaves_the_word_to_the_text() -> None:
    meanings = BOOK.meanings(coded("", "XNSEN", "Neuron Specific Enolase"), "markers")
    assert [(m.concept.id, m.by_code, m.rank, m.system) for m in meanings] == [("markers/nse", False, 0, "")]


def test_a_recognized_code_goes_before_the_text() -> None:
    meanings = BOOK.meanings(coded("snomed", "450909009", text="rule out CEA, NET?"), "diagnoses")
    assert [(m.concept.id, m.by_code, m.certainty, m.words) for m in meanings] == [
        ("diagnoses/net", True, Certainty.AFFIRMED, "NET of ileum")
    ]


def test_a_code_means_nothing_in_a_folder_that_is_not_asked() -> None:
    assert ids(coded("loinc", "15060-7"), "diagnoses") == []


@pytest.mark.parametrize(
    ("display", "text", "counts"),
    [
        ("", "", False),
        ("Neoplasm", "", False),
        ("NET", "", True),
        ("", "NET of the ileum", True),
        ("no evidence of NET", "", False),
    ],
)
def test_an_unverified_code_counts_only_where_its_words_agree(display: str, text: str, counts: bool) -> None:
    assert (ids(coded("snomed", "128928004", display, text), "diagnoses") == ["diagnoses/net"]) is counts


@pytest.mark.parametrize(
    ("code", "display"),
    [("2039-6", "NSE"), ("2039-6", "Neuron specific enolase"), ("15060-7", "CEA"), ("15060-7", "NSE in CSF")],
)
def test_a_marker_code_whose_display_names_another_marker_is_neither(code: str, display: str) -> None:
    sent = coded("loinc", code, display)
    assert ids(sent, "markers", "pathology") == []
    assert BOOK.contradiction(sent) == display


@pytest.mark.parametrize(
    ("code", "display", "meant"),
    [
        ("15060-7", "Neuron specific enolase", "markers/nse"),
        ("15060-7", "Enolase.neuronspezifisch", "markers/nse"),
        ("15060-7", "", "markers/nse"),
        ("15060-7", "CEA and NSE panel", "markers/nse"),
        ("44802-7", "NSE", "markers/nse-other-specimen"),
        ("29593-1", "NSE", "pathology/ki67"),
    ],
)
def test_a_display_that_agrees_or_says_less_leaves_the_code_standing(code: str, display: str, meant: str) -> None:
    sent = coded("loinc", code, display)
    assert ids(sent, "markers", "pathology") == [meant]
    assert BOOK.contradiction(sent) == ""


def test_a_right_code_stands_beside_a_contradictory_one() -> None:
    sent = Codeable((coding("loinc", "2039-6", "NSE"), coding("loinc", "15060-7", "NSE")))
    assert ids(sent, "markers") == ["markers/nse"]


def test_text_is_denied_by_the_words_that_exclude_a_concept() -> None:
    assert ids(Codeable((), "NSE in CSF"), "markers") == ["markers/nse-other-specimen"]
    assert ids(Codeable((), "NSE"), "markers") == ["markers/nse"]


def test_which_takes_only_affirmed_meanings_of_the_concepts_asked_for() -> None:
    net, spread, pregnancy = map(ConceptId, ("diagnoses/net", "diagnoses/metastasis", "patient/pregnancy"))
    assert BOOK.has(Codeable((), "NET"), net)
    assert not BOOK.has(Codeable((), "NET?"), net)
    assert not BOOK.has(Codeable((), "NET"), spread)
    assert [m.concept.id for m in BOOK.which(Codeable((), "NET"), net, pregnancy)] == [net]


def test_a_concept_that_is_nowhere_is_refused_and_never_reads_as_no() -> None:
    misspelt = ConceptId("patient/pregnansy")
    for ask in (BOOK.has, BOOK.which):
        with pytest.raises(KnowledgeError, match="did you mean 'patient/pregnancy'"):
            ask(Codeable((), "pregnant"), misspelt)
    with pytest.raises(KnowledgeError, match="patient/pregnansy"):
        BOOK.may_mean(Codeable((), "pregnant"), set(), {misspelt})


def test_a_codeable_shows_its_text_else_a_display_else_a_code() -> None:
    assert Codeable((Coding("", "1", "display"),), "text").shown == "text"
    assert Codeable((Coding("", "1", "display"),)).shown == "display"
    assert Codeable((Coding("", "1", ""),)).shown == "1"
    assert Codeable().is_empty
    assert Codeable((coding("", "1", "same"),), "same").texts == ("same",)


def test_no_code_of_the_knowledge_contradicts_its_own_display() -> None:
    knowledge = read_knowledge()
    book = CodeBook(knowledge.concepts.values(), knowledge.systems)
    for concept in knowledge.in_folder("markers"):
        for code_line in concept.codes:
            sent = coded(code_line.system, code_line.code, code_line.display)
            assert not book.contradiction(sent), sent
            assert concept.id in [meaning.concept.id for meaning in book.meanings(sent, "markers")]
