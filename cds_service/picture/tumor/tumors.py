"""Which Conditions are one tumor: same organ and compatible histology, metastases with their primary.

Decides no diagnosis; that is `diagnosis`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds_service.fhir.resources import Resource
from cds_service.fhir.values import Element, elements, reference
from cds_service.picture.record import Record, is_countable, report_texts
from cds_service.picture.tumor.body_sites import ELSEWHERE, came_with, named_sites, place_of
from cds_service.picture.tumor.neoplasms import NEN, Mark, Neoplasm, neoplasms, related_condition

_FAMILY = dict.fromkeys((*NEN, "personal-history"), "nen")
NEUROENDOCRINE = ("nen", "other-nen", "mass", "metastasis")  # families: neuroendocrine, or what may turn out to be
_MALIGNANT_FAMILIES = {"nen", "sclc", "other-nen", "neuroblastoma", "nsclc", "breast", "prostate", "melanoma",
                       "seminoma", "brain-tumor", "other-cancer", "site-only"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tumor:
    """One tumor: its Conditions, the strongest first, and the metastases that belong to it.

    Attributes:
        family: histologies that are compatible with each other share one.
        site: "" if no Condition says where it is.
        unlinked_metastases: metastases are recorded that this tumor or another one could own.
    """

    family: str
    site: str
    conditions: tuple[Neoplasm, ...]
    metastases: tuple[Neoplasm, ...] = ()
    unlinked_metastases: bool = False

    @property
    def reference(self) -> str:
        return self.all_conditions[0].resource.reference if self.all_conditions else ""

    @property
    def all_conditions(self) -> tuple[Neoplasm, ...]:
        return self.conditions + self.metastases

    @property
    def label(self) -> str:
        return self.all_conditions[0].label if self.all_conditions else ""

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(mark for condition in self.conditions for mark in condition.marks)

    @property
    def references(self) -> frozenset[str]:
        return frozenset(condition.resource.reference for condition in self.all_conditions)

    @property
    def assessments(self) -> frozenset[str]:
        """The results from which its Conditions say they took their stage."""
        stages = (stage for condition in self.all_conditions for stage in elements(condition.resource.at("stage")))
        return frozenset(reference(item) for stage in stages for item in elements(stage.get("assessment")))

    @property
    def suspected(self) -> bool:
        return bool(self.conditions) and all(condition.suspected for condition in self.conditions)


EMPTY = Tumor("", "", ())


def tumors(record: Record) -> tuple[Tumor, ...]:
    """Every tumor of the patient; the empty tumor alone if there is none."""
    found = neoplasms(record)
    secondary = _secondary(found)
    grouped = _grouped(n for n in found if n.kind != "mass" and n not in secondary)
    grouped = _with_metastases(grouped, secondary, record)
    if not any(t.family in _MALIGNANT_FAMILIES and any(c.is_active for c in t.all_conditions) for t in grouped):
        grouped += _masses([n for n in found if n.kind == "mass" and n.is_active], grouped)
    return tuple(sorted(grouped, key=lambda tumor: tumor.reference)) or (EMPTY,)


def _secondary(found: list[Neoplasm]) -> list[Neoplasm]:
    """Metastases; "liver metastases of a NET" is one where another Condition names that tumor."""
    named = any(_family(n) == "nen" and not _is_neuroendocrine(n) for n in found)
    return [n for n in found if n.kind == "metastasis" or (named and _family(n) == "nen" and _is_neuroendocrine(n))]


def _family(neoplasm: Neoplasm) -> str:
    if neoplasm.kind == "personal-history" and any(mark.get("value") == "other-nen" for mark in neoplasm.marks):
        return "other-nen"
    if neoplasm.kind == "small-cell" and neoplasm.site == "lung":
        return "sclc"
    return _FAMILY.get(neoplasm.kind, neoplasm.kind)


def _place(neoplasm: Neoplasm) -> str:
    """SCLC and NSCLC are of the lung even where no site stands beside them."""
    return neoplasm.site or ("lung" if neoplasm.kind in ("sclc", "nsclc") else "")


def _grouped(primaries: Iterable[Neoplasm]) -> list[Tumor]:
    """Those with histology and site first, then site without histology, then histology without site."""
    ordered = sorted(primaries, key=lambda n: (_family(n) == "site-only", not _place(n), n.resource.reference))
    groups: list[list[Neoplasm]] = []
    for neoplasm in (n for n in ordered if _place(n)):
        fitting = [g for g in groups if _same_place(g, neoplasm) and _compatible(g, neoplasm)]
        _join(groups, fitting[:1], neoplasm)
    for neoplasm in (n for n in ordered if not _place(n)):
        fitting = [g for g in groups if _compatible(g, neoplasm)]
        same = [g for g in fitting if _family_of(g) == _family(neoplasm)]
        chosen = same or fitting
        _join(groups, chosen if len(chosen) == 1 else [], neoplasm)
    return [_tumor(group) for group in groups]


def _join(groups: list[list[Neoplasm]], chosen: list[list[Neoplasm]], neoplasm: Neoplasm) -> None:
    if chosen:
        chosen[0].append(neoplasm)
    else:
        groups.append([neoplasm])


def _family_of(group: list[Neoplasm]) -> str:
    return next((f for n in group if (f := _family(n)) != "site-only"), "site-only")


def _same_place(group: list[Neoplasm], neoplasm: Neoplasm) -> bool:
    return _place(neoplasm) in {_place(member) for member in group}


def _compatible(group: list[Neoplasm], neoplasm: Neoplasm) -> bool:
    """Equal histologies, or one of them not in the code; "other cancer" of one organ may be the coarser word."""
    families = {_family_of(group), _family(neoplasm)}
    if len(families) == 1:
        return True
    if "site-only" in families:
        return families <= {"site-only", "nen", "sclc", "nsclc", "other-nen", "other-cancer"}
    return False


def _tumor(group: list[Neoplasm]) -> Tumor:
    ordered = sorted(
        group, key=lambda n: (not _place(n), -max(mark.strength for mark in n.marks), n.resource.reference)
    )
    site = next((place for n in ordered if (place := _place(n))), "")
    return Tumor(_family_of(ordered), site, tuple(ordered))


def _with_metastases(grouped: list[Tumor], metastases: list[Neoplasm], record: Record) -> list[Tumor]:
    """Each metastasis joins the primary it names, else the only malignant tumor, else nobody."""
    joined: dict[int, list[Neoplasm]] = {index: [] for index in range(len(grouped))}
    loose: list[Neoplasm] = []
    for metastasis in metastases:
        owners = [i for i, t in enumerate(grouped) if metastasis.related in t.references]
        owners = owners or _at_site(grouped, metastasis, record) or _owners(grouped, metastasis)
        (joined[owners[0]] if len(owners) == 1 else loose).append(metastasis)
    result = [
        Tumor(
            t.family,
            t.site,
            t.conditions,
            tuple(joined[i]),
            any(i in _owners(grouped, n) for n in loose) and t.family in _MALIGNANT_FAMILIES,
        )
        for i, t in enumerate(grouped)
    ]
    orphans = [n for n in loose if _is_neuroendocrine(n) and not _owners(grouped, n)]
    if not any(t.family in _MALIGNANT_FAMILIES for t in grouped):
        orphans = loose
    if orphans:
        result.append(Tumor("metastasis", "", (), tuple(sorted(orphans, key=lambda n: n.resource.reference))))
    return result


def _at_site(grouped: list[Tumor], metastasis: Neoplasm, record: Record) -> list[int]:
    """Words of the Condition or of its pathology may name the primary: "liver metastases of the ileal NET"."""
    sites = {metastasis.site, *_told_by_pathology(metastasis, record)} - {""}
    return [i for i in _owners(grouped, metastasis) if grouped[i].site in sites]


def _told_by_pathology(metastasis: Neoplasm, record: Record) -> Iterator[str]:
    for report in record.chart.of("DiagnosticReport"):
        if is_countable(report) and metastasis.resource.reference in _named(report):
            yield from named_sites(report_texts(report, record.book), record)


def _owners(grouped: list[Tumor], metastasis: Neoplasm) -> list[int]:
    """The tumors that may own it; a metastasis coded as neuroendocrine can only be of a neuroendocrine tumor."""
    malignant = [i for i, t in enumerate(grouped) if t.family in _MALIGNANT_FAMILIES - {"brain-tumor"}]
    if _is_neuroendocrine(metastasis):
        return [i for i in malignant if grouped[i].family in ("nen", "site-only", "other-nen")]
    return malignant


def _is_neuroendocrine(metastasis: Neoplasm) -> bool:
    return any(mark.get("value").startswith("nen") for mark in metastasis.marks)


def _masses(masses: list[Neoplasm], grouped: list[Tumor]) -> list[Tumor]:
    """A mass or lesion without a diagnosis: one suspected tumor, however many Conditions speak of it."""
    free = [n for n in masses if n.resource.reference not in {r for t in grouped for r in t.references}]
    return [Tumor("mass", next((n.site for n in free if n.site), ""), tuple(free))] if free else []


def owners(
    resource: Resource, candidates: tuple[Tumor, ...], record: Record, holder: Element | None = None
) -> list[Tumor]:
    """The tumors a result or procedure belongs to by focus, reason, specimen or site, or by the report it came with.

    `holder`: the component in which a result of a panel stands, whose name may tell the organ.
    """
    chain = (resource, *came_with(resource, record))
    conditions = {condition.reference for condition in record.chart.of("Condition")}
    for item in chain:
        named = _named(item)
        linked = [tumor for tumor in candidates if named & tumor.references or item.reference in tumor.assessments]
        if linked or named & conditions:
            return linked
        if _is_about(item) - conditions:
            return [*candidates, EMPTY]  # a Condition that did not come may be a tumor that is not on the chart
    places = [place_of(resource, record, holder), *(place_of(item, record) for item in chain[1:])]
    if elsewhere := next((place.elsewhere for place in places if place.elsewhere), ""):
        return [
            t for t in candidates if t.family == elsewhere or (elsewhere == ELSEWHERE and t.site in ("", ELSEWHERE))
        ]
    sites = next((place.sites for place in places if place.sites), frozenset())
    located = [tumor for tumor in candidates if tumor.site in sites]
    return located if len(located) == 1 else list(candidates)


def _is_about(result: Resource) -> set[str]:
    """The Conditions a result is about by its focus."""
    return {target for item in elements(result.at("focus")) if (target := reference(item)).startswith("Condition/")}


def _named(resource: Resource) -> set[str]:
    """The Conditions a resource says it is about."""
    named = {reference(item) for name in ("focus", "reasonReference") for item in elements(resource.at(name))}
    return named | {related_condition(resource)} - {""}
