"""What a hemolysis index says of its sample: in mg/dL or g/L, in signs ("1+", "N") or in words.

Finds no index; the places where one may stand are `hemolysis`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from cds_service.fhir.units import Refused, factor
from cds_service.fhir.values import Value
from cds_service.guideline.limits import Limits
from cds_service.guideline.patient_values import NseSpecimen

_SIGNS = re.compile(r"(?:[1-5]\s*)?\+{1,5}|\+\s*[1-5]")
_CLEAN = re.compile(
    r"0\s*\+?|-|n|neg(?:ative?|ativ)?\.?|nil|normal|none|no|absent|clear|keine?|nicht (?:nachweisbar|vorhanden)"
    r"|not (?:detected|present|seen)|false|nein",
    re.IGNORECASE,
)
_RAISED = re.compile(
    r"pos(?:itive?|itiv)?\.?|present|true|yes|ja|slight(?:ly)?|mild(?:ly)?|moderate(?:ly)?|marked(?:ly)?|gross(?:ly)?|severe(?:ly)?"
    r"|leicht|gering|mäßig|mässig|mittel|deutlich|stark|vorhanden",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:\{.*\}|1|index|hi|h-index|\++)?", re.IGNORECASE)
_LEVELS = {True: NseSpecimen.HEMOLYZED, False: NseSpecimen.SUITABLE}


def index_state(value: Value, limits: Limits, unit: str = "") -> NseSpecimen | None:
    """Hemolyzed above the limit, suitable up to it, None where it cannot be told.

    A figure without a unit is a class to one laboratory and mg/dL to another: 2 of four classes is much, 2 mg/dL is
    nothing. So it counts only where both say the same. `unit`: the one that the code of the result implies.
    """
    words = (value.words or value.coded.shown).strip()
    for pattern, state in (
        (_SIGNS, NseSpecimen.HEMOLYZED),
        (_RAISED, NseSpecimen.HEMOLYZED),
        (_CLEAN, NseSpecimen.SUITABLE),
    ):
        if pattern.fullmatch(words):
            return state
    if value.amount is None:
        return None
    sent = value.unit or unit
    by = Decimal(1) if _BARE.fullmatch(sent) else factor(sent, "mg/dL")
    if isinstance(by, Refused):
        return None
    above = value.amount.scaled(by).above(limits.hemolysis_index_mg_dl)
    if above is False and value.amount.low and _BARE.fullmatch(sent):
        return None
    return None if above is None else _LEVELS[above]


def index_words(value: Value, limits: Limits, unit: str = "") -> str:
    """The index as evidence, with how much NSE the free hemoglobin could account for; never a corrected result."""
    shown = f"hemolysis index {value.words or value.coded.shown}"
    sent = value.unit or unit
    by = factor(sent, "mg/dL")
    exact = value.amount.exact if value.amount else None
    if exact is None or isinstance(by, Refused) or _BARE.fullmatch(sent):
        return shown
    if not limits.hemolysis_index_mg_dl < exact * by <= limits.hemolysis_index_most:
        return shown
    steps = (limits.hemolysis_ng_per_mg, limits.hemolysis_ng_per_mg_low, limits.hemolysis_ng_per_mg_high)
    about, least, most = (exact * by * step for step in steps)
    return f"{shown} (could account for about {about:.0f} ug/L of NSE, {least:.0f} to {most:.0f})"
