"""The shape of what is known about one patient: features with their evidence, tumors, the whole picture.

Holds no medicine: which values exist is `vocabulary`, how they are derived is the `picture` room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cds_service.guideline.vocabulary import UNKNOWN, VOCABULARY, Scope


class Gap(StrEnum):
    """Why a value is unknown: these are never merged, because only some of them are worth a card."""

    NOT_SEARCHED = "not searched"
    NOT_READABLE = "not readable"
    CONTRADICTORY = "contradictory"
    NOT_LINKED = "not linked to one tumor"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """One fact of the record: what it says, and where it stands ("" where nothing of the record can be named)."""

    text: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """A named fact about the patient, a tumor or the call.

    Attributes:
        name: word of the vocabulary.
        values: members of its enumeration; several only for a feature that is a set.
        evidence: what decided the value.
        gap: why the value is unknown (None for a known one).
        note: one sentence more for `explain` and "Not seen".
    """

    name: str
    values: frozenset[str]
    evidence: tuple[Evidence, ...] = ()
    gap: Gap | None = None
    note: str = ""

    @property
    def is_unknown(self) -> bool:
        return UNKNOWN in self.values

    @property
    def shown(self) -> str:
        return " ".join(sorted(self.values))


def known(name: str, *values: StrEnum, evidence: Iterable[Evidence] = (), note: str = "") -> Feature:
    """A feature whose value was read from the record."""
    return Feature(name, _checked(name, values), tuple(dict.fromkeys(evidence)), None, note)


def unknown(name: str, gap: Gap, note: str = "", evidence: Iterable[Evidence] = ()) -> Feature:
    """A feature that could not be decided, and why."""
    return Feature(name, frozenset({UNKNOWN}), tuple(dict.fromkeys(evidence)), gap, note)


def _checked(name: str, values: Iterable[StrEnum]) -> frozenset[str]:
    kind = VOCABULARY[name]
    members = tuple(values)
    if not members or any(not isinstance(value, kind.values) for value in members):
        raise TypeError(f"{name} takes values of {kind.values.__name__}, not {members!r}")
    return frozenset(str(value) for value in members)


@dataclass(frozen=True, slots=True)
class TumorPicture:
    """One tumor: the reference and words it is known by, and its features. The empty tumor has no reference.

    `leads` are the readings a card may put before its summary ("ki67": "Ki-67 8 %").
    """

    reference: str
    label: str
    features: Mapping[str, Feature]
    leads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a reader of the picture should know: what was set aside and why."""

    text: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PatientPicture:
    """All case features of one patient at one moment. There is always at least one tumor, if only the empty one."""

    patient: Mapping[str, Feature]
    tumors: tuple[TumorPicture, ...]
    call: Mapping[str, Feature]
    leads: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def feature(self, name: str, tumor: TumorPicture | None) -> Feature:
        """The feature of that name, taken from the tumor, the patient or the call as its scope says."""
        scope = VOCABULARY[name].scope
        if scope is not Scope.TUMOR:
            return (self.patient if scope is Scope.PATIENT else self.call)[name]
        if tumor is None:
            raise LookupError(f"{name} belongs to a tumor and none was given")
        return tumor.features[name]
