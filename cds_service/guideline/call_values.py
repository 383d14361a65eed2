"""The values of the facts about a call: what is being ordered, and what the drafts make together.

Which fact has which enumeration stands in `vocabulary`.
"""

from __future__ import annotations

from enum import StrEnum


class Ordering(StrEnum):
    NSE = "nse"
    CGA = "cga"
    OCTREOSCAN = "octreoscan"
    SSTR_PET = "sstr-pet"
    CT_MRI = "ct-mri"
    SSA_DEPOT = "ssa-depot"
    SSA_SHORT = "ssa-short"
    PLATINUM = "platinum"
    ETOPOSIDE = "etoposide"
    PD_L1 = "pd-l1"
    TEMOZOLOMIDE = "temozolomide"
    CAPECITABINE = "capecitabine"
    EVEROLIMUS = "everolimus"
    SUNITINIB = "sunitinib"
    CABOZANTINIB = "cabozantinib"
    PRRT = "prrt"
    IRINOTECAN = "irinotecan"
    OTHER_CHEMOTHERAPY = "other-chemotherapy"
    NONE = "none"
    UNKNOWN = "unknown"


class Regimen(StrEnum):
    """All drafts together, with the anticancer drugs running now."""

    PLATINUM_ETOPOSIDE = "platinum-etoposide-without-pd-l1"
    PLATINUM_ETOPOSIDE_PD_L1 = "platinum-etoposide-with-pd-l1"
    PLATINUM_IRINOTECAN = "platinum-irinotecan"
    PLATINUM_OTHER = "platinum-other"
    CAPTEM = "captem"
    FOLFOX_LIKE = "folfox-like"
    OTHER = "other"
    NONE = "none"
    UNKNOWN = "unknown"
