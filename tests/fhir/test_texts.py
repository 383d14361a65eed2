"""Guarded text: what counts, what is doubtful, and what is said of nobody, of a relative or of the past."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.fhir.texts import Certainty, clauses, find

NET = re.compile(r"\bNET\b|neuroendocrine tumou?r|neuroendokriner tumor|carcinoid", re.IGNORECASE)


def certainties(text: str) -> list[Certainty]:
    return [found.certainty for found in find(NET, text)]


@pytest.mark.parametrize(
    "text",
    [
        "NET",
        "PanNET resected 2019; NET of the ileum",
        "NET G2 of the ileum, Ki-67 8.5 %.",
        "well differentiated neuroendocrine tumor",
        "Neuroendokriner Tumor des Ileums",
        "No fever. NET of the ileum",
        "No metastases but NET of the ileum",
        "Keine Metastasen, jedoch NET des Ileums",
        "Kein Fieber; NET des Ileums",
        "no fever\nNET of the ileum",
        "NET, lymph nodes negative",
        "NET with suspected liver metastases",
        "NET with possible nodal involvement",
        "NET of the ileum with bone metastases suspected",
        "NET of the ileum with liver metastases, bone metastases are not seen",
        "NET of the ileum is seen and an abscess cannot be excluded",
        "NET, liver metastases possible",
        "NET discussed with her mother",
        "NET of the ileum with liver metastases, no bone metastases",
        "The patient has no pain at all at present, eats well, walks her dog daily and is followed for NET",
    ],
)
def test_a_plain_statement_is_affirmed(text: str) -> None:
    assert Certainty.AFFIRMED in certainties(text)


@pytest.mark.parametrize(
    "text",
    [
        "no NET",
        "no evidence of NET",
        "not a NET",
        "NET not confirmed",
        "negative for neuroendocrine tumor",
        "without NET",
        "patient denies carcinoid",
        "absence of NET",
        "free of NET",
        "rule out NET",
        "r/o NET",
        "ruled out NET",
        "NET was ruled out",
        "NET has been excluded",
        "NET of the known lesion in the pancreatic tail is not seen",
        "NET of the known lesion in the pancreatic tail was now excluded",
        "NET of the known lesion in the pancreatic tail not confirmed",
        "NET des bekannten Herdes im Pankreasschwanz ist nicht nachweisbar",
        "NET excluded",
        "excluding NET",
        "NET is not seen",
        "NET not identified",
        "non-diagnostic for NET",
        "never had a NET",
        "unlikely NET",
        "NET unlikely",
        "kein NET",
        "Kein Anhalt für NET",
        "keine Hinweise auf NET",
        "ohne NET",
        "nicht NET",
        "neither lymphoma nor NET",
        "weder Lymphom noch NET",
        "Ausschluss NET",
        "Ausschluß eines NET",
        "NET ausgeschlossen",
        "NET nicht nachweisbar",
        "NET: negativ",
        "NET unwahrscheinlich",
        "unwahrscheinlicher NET",
    ],
)
def test_a_denied_phrase_does_not_count(text: str) -> None:
    assert certainties(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "suspected NET",
        "suspicious for NET",
        "possible NET",
        "probable NET",
        "presumed NET",
        "likely NET",
        "differential: NET",
        "DD NET",
        "DD: NET, adenoma",
        "concerning for NET",
        "question of NET",
        "NET?",
        "NET ?",
        "NET pancreas?",
        "? NET",
        "?NET",
        "NET suspected",
        "NET is possible",
        "NET cannot be excluded",
        "NET of the known mesenteric mass is suspected",
        "NET of pancreas and liver is possible",
        "NET of the pancreatic tail and of the liver is not seen",
        "NET des bekannten Herdes im Pankreas ist wahrscheinlich",
        "NET of the small intestine with liver metastases cannot be ruled out",
        "cannot exclude NET",
        "NET not excluded",
        "V.a. NET",
        "V. a. NET",
        "Va. NET",
        "Verdacht auf NET",
        "verdächtig auf NET",
        "fraglicher NET",
        "möglicher NET",
        "vermutlich NET",
        "wahrscheinlich NET",
        "NET vermutet",
        "NET possible (biopsy planned)",
        "NET of pancreas suspected",
        "NET likely, biopsy planned",
        "NET nicht ausgeschlossen",
        "NET nicht sicher auszuschließen",
    ],
)
def test_a_doubted_phrase_is_doubtful(text: str) -> None:
    assert certainties(text) == [Certainty.DOUBTFUL]


@pytest.mark.parametrize(
    "text",
    [
        "family history of NET",
        "mother had a NET",
        "Father: NET",
        "grandmother with NET",
        "NET in her mother",
        "NET (father)",
        "NET (family history)",
        "FHx NET",
        "FH: NET",
        "familial NET",
        "Familienanamnese: NET",
        "Mutter mit NET",
        "Vater: NET",
        "NET der Mutter",
        "Bruder NET",
    ],
)
def test_what_is_said_of_a_relative_does_not_count(text: str) -> None:
    assert certainties(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "history of NET",
        "h/o NET",
        "previous NET",
        "former NET",
        "screening for NET",
        "risk of NET",
        "Z.n. NET",
        "Z. n. NET",
        "Anamnese: NET",
        "früherer NET",
        "Vorgeschichte: NET",
    ],
)
def test_what_is_past_or_only_looked_for_does_not_count(text: str) -> None:
    assert certainties(text) == []


def test_each_clause_is_judged_by_itself() -> None:
    assert certainties("No NET in 2019. NET of the ileum; suspected NET of the lung") == [
        Certainty.AFFIRMED,
        Certainty.DOUBTFUL,
    ]


def test_the_clause_is_kept_with_what_was_found() -> None:
    found = find(NET, "Admitted today. NET G2, size 2.1 cm. Discharged.")
    assert [(item.match[0], item.clause) for item in found] == [("NET", "NET G2, size 2.1 cm")]


def test_a_decimal_point_does_not_end_a_clause() -> None:
    assert clauses("Ki-67 8.5 %. Next.") == ["Ki-67 8.5 %", "Next"]


@given(words=st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=60))
def test_a_denial_right_before_the_phrase_always_counts(words: str) -> None:
    assert certainties(f"{words}; no evidence of carcinoid") == certainties(words)


@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    assert all(found.clause for found in find(NET, text))


@pytest.mark.parametrize(
    "text",
    [
        "NET, ruled out",
        "NET, excluded",
        "NET (ruled out)",
        "NET r/o'd",
        "status post NET",
        "s/p NET",
        "Zustand nach NET",
    ],
)
def test_a_denial_or_the_past_behind_a_comma_or_abbreviated_is_understood(text: str) -> None:
    assert certainties(text) == []


@pytest.mark.parametrize(
    "text", ["NET, suspected", "NET (suspected)", "NET, likely", "NET vs. lymphoma", "At risk for NET"]
)
def test_a_doubt_behind_a_comma_or_between_two_names_is_a_doubt(text: str) -> None:
    assert certainties(text) == [Certainty.DOUBTFUL]


LONG = "The biopsy of the pancreatic tail was cut in three levels and shows no residual"


@pytest.mark.parametrize(
    "text",
    ["no evidence of\nNET", "kein Anhalt für\r\nNET", f"{LONG}\nneuroendocrine tumor", "no fever, no pain,\nNET"],
)
def test_a_denial_reaches_over_a_line_that_was_only_broken_to_fit(text: str) -> None:
    assert certainties(text) == []


@pytest.mark.parametrize(
    "text", ["no fever\ncarcinoid", f"{LONG}.\ncarcinoid", f"{LONG}\nNET", "no fever,\n\nNET", f"{LONG}\n1. carcinoid"]
)
def test_a_new_line_begins_a_new_statement(text: str) -> None:
    assert certainties(text) == [Certainty.AFFIRMED]


def test_a_figure_on_the_next_line_belongs_to_its_name() -> None:
    assert clauses("Ki-67:\n5 %") == ["Ki-67: 5 %"]
    assert clauses("Proliferation index (MIB-1) counted over 2000 cells\n5 %") == [
        "Proliferation index (MIB-1) counted over 2000 cells 5 %"
    ]


def test_a_text_without_any_stop_is_cut_into_pieces() -> None:
    assert [len(piece) for piece in clauses("x" * 4500)] == [2000, 2000, 500]
