"""The limit of the site's laboratory: after the result's own range and interpretation, before the assumed limit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cds_service.guideline.concepts import SiteLimit
from cds_service.guideline.site import Site
from cds_service.picture.nse.newest import newest_reading
from cds_service.picture.record import Record
from tests import charts

ROCHE = SiteLimit(Decimal(17), "Roche Cobas")
SHORT = SiteLimit(Decimal(15), "Roche")
KRYPTOR = SiteLimit(Decimal("12.5"), "KRYPTOR")
ALL = SiteLimit(Decimal(14))
HIGH = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "H"}]}


def record(*limits: SiteLimit, value: Any = 16.5, high: float | None = None, **members: Any) -> Record:
    plain = charts.record(charts.nse(value, high=high, **members))
    return replace(plain, knowledge=Site(limits={"nse": limits}).applied_to(plain.knowledge))


def limit(*limits: SiteLimit, **options: Any) -> str:
    """The limit a value of 16.5 ug/L is held against, as a card shows it."""
    reading = newest_reading(record(*limits, **options))
    assert reading is not None
    return reading.shown.partition(" ug/L ")[2]


def test_without_a_limit_of_the_site_one_is_assumed() -> None:
    assert limit() == "(assumed limit 16.3)"


def test_the_limit_of_the_site_is_named_as_such() -> None:
    assert limit(ALL) == "(site limit 14)"


def test_the_range_of_the_result_comes_before_the_limit_of_the_site() -> None:
    assert limit(ALL, high=12.5) == "(limit 12.5)"


def test_the_interpretation_of_the_result_comes_before_the_limit_of_the_site() -> None:
    reading = newest_reading(record(SiteLimit(Decimal(30)), interpretation=[HIGH]))
    assert reading is not None
    assert (reading.level, reading.limit) == ("high", None)


@pytest.mark.parametrize(("value", "level"), [(17, "normal"), (17.1, "high")])
def test_high_is_strictly_above_the_limit_of_the_site(value: float, level: str) -> None:
    reading = newest_reading(record(SiteLimit(Decimal(17)), value=value))
    assert reading is not None
    assert reading.level == level


@pytest.mark.parametrize(
    "stated",
    [
        {"method": {"text": "ECLIA, Roche cobas e801"}},
        {"method": {"coding": [{"system": "urn:oid:1.2", "code": "7", "display": "Roche-Cobas"}]}},
        {"performer": [{"display": "Core laboratory"}, {"display": "Laboratory (Roche Cobas)"}]},
        {"device": {"display": "ROCHE COBAS e801"}},
    ],
)
def test_the_limit_of_the_method_a_result_states_is_used(stated: dict[str, Any]) -> None:
    assert limit(ALL, ROCHE, KRYPTOR, **stated) == "(site limit 17)"


@pytest.mark.parametrize(
    "stated", [{}, {"method": {"text": "Cobas"}}, {"performer": [{"display": "Roche"}], "device": {"display": "Cobas"}}]
)
def test_a_result_of_another_or_no_stated_method_gets_the_limit_for_all_methods(stated: dict[str, Any]) -> None:
    assert limit(ROCHE, ALL, **stated) == "(site limit 14)"


def test_a_result_without_a_stated_method_gets_no_limit_of_a_method() -> None:
    assert limit(ROCHE) == "(assumed limit 16.3)"


def test_a_method_is_found_by_whole_words() -> None:
    assert limit(SHORT, method={"text": "Rocheux"}) == "(assumed limit 16.3)"


def test_of_a_maker_and_its_device_the_device_is_meant() -> None:
    assert limit(SHORT, ROCHE, method={"text": "Roche Cobas"}) == "(site limit 17)"
    assert limit(SHORT, ROCHE, method={"text": "Roche Elecsys"}) == "(site limit 15)"


def test_two_different_methods_at_once_decide_nothing() -> None:
    stated = {"method": {"text": "KRYPTOR"}, "device": {"display": "Roche Cobas"}}
    assert limit(ROCHE, KRYPTOR, **stated) == "(assumed limit 16.3)"
    assert limit(ROCHE, KRYPTOR, ALL, **stated) == "(site limit 14)"
