"""The whole picture: every word of the vocabulary once, remarks on what was not used."""

from __future__ import annotations

import pytest

from cds_service.guideline.features import Feature
from cds_service.guideline.vocabulary import VOCABULARY, Scope
from cds_service.picture import patient as module
from tests.charts import TEMPLATES, condition, draft, drafted, ki67, nse, picture

NET = condition("icd-10-cm|C7A.012", id="net")


def test_every_word_of_the_vocabulary_has_a_value() -> None:
    drawn = picture(NET, nse())
    names = {*drawn.patient, *drawn.tumors[0].features, *drawn.call}
    assert names == set(VOCABULARY)


def test_every_value_is_of_its_enumeration_even_where_nothing_came() -> None:
    nothing = picture(patient=None, without=set(TEMPLATES) - {"patient"})
    features: list[Feature] = [*nothing.patient.values(), *nothing.tumors[0].features.values()]
    assert [f.name for f in features if not f.is_unknown] == []
    assert all(f.values <= {str(v) for v in VOCABULARY[f.name].values} for f in features)
    assert all(f.gap is not None for f in features if f.is_unknown)


def test_a_word_without_a_derivation_is_refused() -> None:
    with pytest.raises(LookupError, match="ordering"):
        module._table([], Scope.CALL)


def test_what_could_not_be_used_is_remarked() -> None:
    other = condition("icd-10-cm|C7A.012", subject="Patient/other")
    nobody = condition("icd-10-cm|C7A.012", subject={})
    strange = condition("icd-10-cm|C7A.012", modifierExtension=[{"url": "https://example.org/x"}])
    texts = [remark.text for remark in picture(NET, other, nobody, strange).remarks]
    assert "1 resources of another patient were left out" in texts
    assert any("names no patient" in text for text in texts)
    assert any("modifierExtension" in text for text in texts)


def test_what_could_not_be_read_at_all_is_remarked() -> None:
    (remark,) = picture(NET, broken={"extra": b"7"}).remarks
    assert remark.text == "not readable: $.prefetch.extra is no FHIR resource"


def test_a_chart_without_faults_has_no_remarks() -> None:
    assert picture(NET).remarks == ()


def test_a_tumor_is_known_by_its_condition() -> None:
    (tumor,) = picture(
        condition("icd-10-cm|C7A.012 'Malignant carcinoid tumor of the ileum'", id="net"), ki67(2)
    ).tumors
    assert (tumor.reference, tumor.label) == ("Condition/net", "Malignant carcinoid tumor of the ileum")


def test_the_drafts_of_the_call_are_in_the_picture() -> None:
    assert picture(NET, drafted=drafted(draft(text="NSE"))).call["ordering"].shown == "nse"
