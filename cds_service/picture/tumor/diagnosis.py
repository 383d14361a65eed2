"""What a tumor is called: the strongest evidence first, then Ki-67; contradictions are named, never settled by choice.

Nothing here invents a differentiation nobody recorded, and immunohistochemistry alone never settles it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cds_service.guideline.features import Evidence, Feature, Gap, known, unknown
from cds_service.guideline.tumor_values import Diagnosis, Histology, Primary
from cds_service.picture.record import Record, report_texts
from cds_service.picture.tumor.body_sites import named_sites, place_of
from cds_service.picture.tumor.grading import UNGRADED_SITES, Grading
from cds_service.picture.tumor.neoplasms import NEN, Strength, is_adeno_or_squamous
from cds_service.picture.tumor.tissue import Tissue
from cds_service.picture.tumor.tumors import Tumor

_PLAIN = {
    "sclc": Diagnosis.SCLC,
    "other-nen": Diagnosis.OTHER_NEN,
    "neuroblastoma": Diagnosis.NEUROBLASTOMA,
    "nsclc": Diagnosis.NSCLC,
    "brain-tumor": Diagnosis.BRAIN_TUMOR,
    "breast": Diagnosis.OTHER_CANCER,
    "prostate": Diagnosis.OTHER_CANCER,
    "melanoma": Diagnosis.OTHER_CANCER,
    "seminoma": Diagnosis.OTHER_CANCER,
    "other-cancer": Diagnosis.OTHER_CANCER,
}
_MAY_BE_NEUROENDOCRINE = ("lung", "pancreas", "small-intestine", "duodenum", "")  # C34, C25 and C17
_NEUROENDOCRINE = (Diagnosis.NET, Diagnosis.NEC, Diagnosis.HIGH_GRADE_UNDETERMINED, Diagnosis.NEN_UNSPECIFIED)


@dataclass(frozen=True, slots=True)
class Named:
    """The diagnosis of one tumor, and why it is what it is."""

    value: Diagnosis
    evidence: tuple[Evidence, ...]
    note: str = ""
    gap: Gap | None = None

    @property
    def feature(self) -> Feature:
        if self.value is Diagnosis.UNKNOWN:
            return unknown("diagnosis", self.gap or Gap.NOT_RECORDED, self.note, self.evidence)
        return known("diagnosis", self.value, evidence=self.evidence, note=self.note)


def name_tumor(tumor: Tumor, tissue: Tissue, grading: Grading, record: Record) -> Named:
    """The diagnosis by the table of the vocabulary."""
    said = tuple(Evidence(c.label, c.resource.reference) for c in tumor.all_conditions) + tissue.evidence
    if not tumor.all_conditions:
        if record.searched("conditions"):
            return Named(Diagnosis.NONE, (Evidence("Conditions searched, no tumor found"),))
        return Named(Diagnosis.UNKNOWN, (), gap=Gap.NOT_SEARCHED)
    fitting = _fitting(tumor, tissue, record)
    if tumor.family in ("mass", "site-only", "nen", "sclc") and _is_suspected(tumor, fitting):
        return Named(Diagnosis.SUSPECTED_NEN, said)
    family = _coded_organ(tumor, fitting) or tumor.family
    if family in ("site-only", "metastasis", "mass"):
        family = _family_in_tissue(fitting, tumor.site)
        if not family:
            return _without_histology(tumor, said)
    if family == "nsclc" and tumor.suspected and not fitting.marks:  # it may turn out to be a small cell cancer
        return Named(Diagnosis.UNKNOWN, said, "non-small cell lung cancer is only suspected", Gap.NOT_RECORDED)
    if family in _PLAIN:
        return Named(_PLAIN[family], said)
    return _neuroendocrine(tumor, tissue, grading, record, said)


def _is_suspected(tumor: Tumor, tissue: Tissue) -> bool:
    """A provisional diagnosis or a mass, and no histology; of sites without histology only the lung counts."""
    if tissue.marks:
        return False
    if tumor.family == "mass":
        return True
    return tumor.suspected and (tumor.family != "site-only" or tumor.site == "lung")


def _fitting(tumor: Tumor, tissue: Tissue, record: Record) -> Tissue:
    """Without what comes from, or names, other organs only: "NET of the ileum" is no histology of a kidney cancer."""
    marks = [mark for mark in tissue.marks if _is_of(tumor, mark.reference, record)]
    return replace(tissue, marks=tuple(marks))


def _is_of(tumor: Tumor, reference: str, record: Record) -> bool:
    resource = record.chart.find(reference)
    if resource is None or resource.type == "Condition" or not tumor.site:
        return True
    sites = {*place_of(resource, record).sites, *named_sites(report_texts(resource, record.book), record)}
    return not sites or tumor.site in sites


def _family_in_tissue(tissue: Tissue, site: str) -> str:
    """What histology makes of a tumor whose code names only its site."""
    kinds = tissue.kinds - {"site-only", "metastasis", "mass", "personal-history"}
    if site == "lung" and "small-cell" in kinds:  # whatever else stands beside it: combined small cell cancer
        return "sclc"
    for kind in ("sclc", "nsclc", "other-nen", "neuroblastoma", "melanoma", "seminoma", "breast", "prostate"):
        if kind in kinds:
            return kind
    if site == "lung" and (named := _in_the_lung(tissue)):
        return named
    if kinds & set(NEN):
        return "nen"
    return "other-cancer" if "other-cancer" in kinds else ""


def _in_the_lung(tissue: Tissue) -> str:
    """Histologies that have names of their own in the lung."""
    if "nec" in tissue.kinds:
        return "other-nen"
    return "nsclc" if any(map(is_adeno_or_squamous, tissue.marks)) and not tissue.kinds & set(NEN) else ""


def _coded_organ(tumor: Tumor, tissue: Tissue) -> str:
    """What pathology makes of a cancer coded by its organ alone (C15, C61, C67): morphology outweighs ICD.

    In the breast only a carcinoma: a neuroendocrine tumor that a report names there is rather one of another organ.
    """
    by_organ = all(mark.strength is Strength.ICD and mark.get("site") for mark in tumor.marks)
    kinds = tissue.kinds & {*NEN, "other-nen"}
    if tumor.family not in ("other-cancer", "breast", "prostate") or not by_organ or not kinds:
        return ""
    if "other-cancer" in tissue.kinds:
        return ""
    if tumor.family == "prostate" or any(mark.get("value") == "bladder" for mark in tumor.marks):
        return "other-nen"
    if tumor.family == "breast" and not kinds & {"nec", "small-cell"}:
        return ""
    return _family_in_tissue(tissue, tumor.site)


def _without_histology(tumor: Tumor, said: tuple[Evidence, ...]) -> Named:
    if any(mark.get("value").startswith("nen") for c in tumor.metastases for mark in c.marks):
        return Named(Diagnosis.NEN_UNSPECIFIED, said, "metastases of a neuroendocrine tumor, no primary recorded")
    if tumor.family == "site-only" and tumor.site not in _MAY_BE_NEUROENDOCRINE:
        return Named(Diagnosis.OTHER_CANCER, said)
    return Named(Diagnosis.UNKNOWN, said, "the histology is not in the code", Gap.NOT_RECORDED)


def _neuroendocrine(
    tumor: Tumor, tissue: Tissue, grading: Grading, record: Record, said: tuple[Evidence, ...]
) -> Named:
    facts = _Facts.of(tumor, tissue, grading, record)
    evidence = said + grading.evidence
    value, note = facts.lung() if tumor.site in UNGRADED_SITES else facts.digestive()
    return Named(value, evidence, note)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The few yes-or-no facts that decide between NET, NEC and the two undecided classes."""

    tissue_nec: bool
    tissue_net: bool
    coded_nec: bool
    coded_net: bool
    net_outweighs: bool
    small_cell_alone: bool
    well: bool
    poor: bool
    says_g3: bool
    high: bool | None
    site: str

    @classmethod
    def of(cls, tumor: Tumor, tissue: Tissue, grading: Grading, record: Record) -> _Facts:
        limits = record.limits
        coded = {mark.kind for mark in tumor.marks if mark.strength is not Strength.MORPHOLOGY}
        differentiation = frozenset(word for c in tumor.conditions for word in c.differentiation)
        grades = frozenset(grade for c in tumor.conditions for grade in c.grades)
        net_g3 = any(c.says_net_g3 for c in tumor.conditions) or tissue.well_g3
        kinds = tissue.kinds
        return cls(
            tissue_nec=bool(kinds & {"nec", "small-cell"})
            or ("nen-unspecified" in kinds and "poor" in tissue.differentiation),
            tissue_net="net" in kinds or tissue.well_g3 or "well" in tissue.differentiation,
            coded_nec="nec" in coded,
            coded_net="net" in coded,
            net_outweighs="net" in coded and _strength(tumor, "net") >= _strength(tumor, "nec", "small-cell"),
            small_cell_alone="small-cell" in coded | kinds and not (coded | kinds) & {"nec", "net", "nen-unspecified"},
            well="well" in differentiation or net_g3,
            poor="poor" in differentiation,
            says_g3=bool((grades | grading.recorded.keys()) & {"G3", "high-grade"}),
            high=grading.proliferation_above(limits.ki67_g3_above, limits.mitoses_g3_above),
            site=tumor.site,
        )

    def lung(self) -> tuple[Diagnosis, str]:
        """Lung and thymus: Ki-67 never moves the diagnosis; a carcinoma there has guidelines of its own."""
        if self.tissue_nec or self.coded_nec or self.poor:
            contradicted = self.tissue_net or self.well
            return (Diagnosis.NEN_UNSPECIFIED, "NET and NEC are both recorded") if contradicted else (
                Diagnosis.OTHER_NEN, "")  # fmt: skip
        if self.tissue_net or self.coded_net or self.well:
            return Diagnosis.NET, ""
        return Diagnosis.NEN_UNSPECIFIED, ""

    def digestive(self) -> tuple[Diagnosis, str]:
        if self.small_cell_alone and not self.site:
            return Diagnosis.UNKNOWN, "small cell carcinoma, and no site is recorded"
        if self.tissue_nec and self.tissue_net:
            return Diagnosis.NEN_UNSPECIFIED, "pathology names both NET and NEC"
        if self.tissue_net:
            return (Diagnosis.NET, "a NEC code stands beside it" if self.coded_nec else "")
        if self.tissue_nec or self.coded_nec or self.poor or self.small_cell_alone:
            return self._carcinoma()
        return self._well_or_open()

    def _carcinoma(self) -> tuple[Diagnosis, str]:
        if self.high is False:
            return (Diagnosis.NEN_UNSPECIFIED, "NEC is recorded with Ki-67 and mitoses not above 20")
        if self.well:
            return (Diagnosis.NEN_UNSPECIFIED, "NEC and well differentiated are both recorded")
        if self.net_outweighs and not self.tissue_nec:
            contradicted = Diagnosis.HIGH_GRADE_UNDETERMINED if self.high else Diagnosis.NEN_UNSPECIFIED
            return contradicted, "NET and NEC are both recorded"
        return Diagnosis.NEC, ""

    def _well_or_open(self) -> tuple[Diagnosis, str]:
        if self.well:
            return Diagnosis.NET, ""
        if self.high or (self.high is None and self.says_g3):
            return (Diagnosis.HIGH_GRADE_UNDETERMINED, "high grade, differentiation not recorded")
        if self.coded_net or self.high is False:
            return Diagnosis.NET, ""
        return Diagnosis.NEN_UNSPECIFIED, ""


def _strength(tumor: Tumor, *kinds: str) -> int:
    """Of the strongest mark of these kinds that is no morphology."""
    coded = (mark for mark in tumor.marks if mark.strength is not Strength.MORPHOLOGY)
    return max((mark.strength for mark in coded if mark.kind in kinds), default=0)


def histology_feature(tumor: Tumor, named: Named, tissue: Tissue, record: Record) -> Feature:
    """Whether pathology stands behind the diagnosis, or only a code."""
    if named.value in _NEUROENDOCRINE and tissue.kinds and not tissue.kinds & {*NEN, "other-nen", "personal-history"}:
        return unknown("histology", Gap.CONTRADICTORY, "pathology names no neuroendocrine tumor", tissue.evidence)
    spoken = tissue.marks or (tissue.differentiation and tissue.evidence)
    if spoken and (named.value is not Diagnosis.NEC or tissue.names_carcinoma):
        return known("histology", Histology.DOCUMENTED, evidence=tissue.evidence)
    if tissue.stained and not _rests_on_code_alone(tumor, named):
        return known("histology", Histology.DOCUMENTED, evidence=tissue.stained)
    if not record.searched("pathology", "reports"):
        return unknown("histology", Gap.NOT_SEARCHED)
    if named.value in (Diagnosis.SUSPECTED_NEN, Diagnosis.NONE) or not tumor.all_conditions:
        return known("histology", Histology.NOT_FOUND, evidence=[Evidence("pathology searched, nothing found")])
    return known("histology", Histology.CODED, evidence=named.evidence[:1])


def _rests_on_code_alone(tumor: Tumor, named: Named) -> bool:
    """NEC by a code that also holds NET G3: Ki-67, p53 or RB1 do not document it."""
    return named.value is Diagnosis.NEC and all(mark.strength is not Strength.MORPHOLOGY for mark in tumor.marks)


def primary_feature(tumor: Tumor, tissue: Tissue, record: Record) -> Feature:
    """The organ of the primary."""
    sites = {condition.site for condition in tumor.conditions if condition.site} or (
        {tumor.site} if tumor.site else {mark.get("site") for mark in tissue.marks if mark.get("site")}
    )
    evidence = [Evidence(c.label, c.resource.reference) for c in tumor.conditions if c.site]
    if len(sites) > 1:
        return unknown("primary", Gap.CONTRADICTORY, "several sites are recorded", evidence)
    if not sites and not (tumor.all_conditions or record.searched("conditions")):
        return unknown("primary", Gap.NOT_SEARCHED)
    if not sites:
        return known("primary", Primary.NOT_RECORDED, evidence=[Evidence("no primary site recorded")])
    site = sites.pop()
    return known("primary", Primary(site) if site in list(Primary) else Primary.OTHER, evidence=evidence)
