"""Windows and thresholds of the case features: figures live in knowledge/limits.toml, never in Python.

Says nothing of how they are applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """All figures the picture uses, each named for what it bounds (days, percent, multiples)."""

    marker_look_back_months: int
    nse_fresh_days: int
    nse_multiple_low: Decimal
    nse_multiple_high: Decimal
    neuro_event_days: int
    neuro_event_soft_days: int
    procedure_days: int
    chemotherapy_start_days: int
    chemotherapy_gap_days: int
    hemolysis_index_mg_dl: Decimal
    hemolysis_ng_per_mg_low: Decimal
    hemolysis_ng_per_mg: Decimal
    hemolysis_ng_per_mg_high: Decimal
    hemolysis_index_most: Decimal
    ki67_g2_from: Decimal
    ki67_g3_above: Decimal
    ki67_to_2: Decimal
    ki67_from_10: Decimal
    ki67_to_55: Decimal
    mitoses_g2_from: Decimal
    mitoses_g3_above: Decimal
    performance_days: int
    progression_months: int
    therapy_active_days: int
    prrt_active_days: int
    pregnancy_days: int
    pregnancy_test_days: int
    pregnancy_status_days: int
    pregnancy_age_from: int
    pregnancy_age_to: int
    adult_age: int
    infant_age: int
    size_pancreas_mm: Decimal
    size_small_mm: Decimal
    ordered_days: int
    newly_done_days: int
    neuro_prognosis_days: int
    cards_per_call: int
