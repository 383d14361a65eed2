"""Windows and thresholds of the case features: figures live in knowledge/limits.toml, never in Python.

Says nothing of how they are applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Window:
    """A figure that a site may change: a choice of this service, not medicine.

    Attributes:
        default: the figure of limits.toml.
        least, most: between which the figure of a site must lie.
        features: the facts it bears upon; a card that rests on one of them names the site's figure.
    """

    name: str
    default: int
    least: int
    most: int
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """All figures the picture uses, each named for what it bounds (days, percent, multiples)."""

    marker_look_back_months: int
    nse_fresh_days: int
    plausible_limit_times: Decimal
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
    karnofsky_good_from: int
    karnofsky_reduced_from: int
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
    ct_mri_weeks: int
    ct_mri_short_months: int
    ct_mri_middle_months: int
    ct_mri_long_months: int
    sstr_imaging_months: int
    follow_up_months: int
    follow_up_late_months: int
    follow_up_late_years: int
    mdt_months: int
    ssa_depot_days: int
    chemoradiation_weeks: int
    diagnosis_recorded_weeks: int
    ppi_days: int
    biotin_mg_per_day: Decimal
    ppi_reason_months: int
    kidney_days: int
    egfr_below: Decimal
    nse_trend_days: int
    nse_possible_percent: Decimal
    nse_marked_percent: Decimal
    nse_persistence_weeks: int
    nse_persistence_readings: int
    nse_half_life_gap_days: int
    nse_half_life_days: int
    nse_nsclc_high: Decimal
    nse_before_surgery_days: int
    nse_after_surgery_days: int
    nse_half_life_multiple: Decimal
    nse_baseline_days: int
    biotin_doses_most: int
    nsaid_long_days: int
