"""The same facts in another spelling: code systems, ICD dots, local codes beside the known ones, units, references.

Each form is listed here by hand and is not taken from the code that reads it; only the URIs of systems are knowledge.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from tests.asked import KNOWLEDGE
from tests.properties.charts import Json, bundles, everything, objects, resources_of

_LOCAL = "urn:oid:2.999.7.1"  # below the arc for examples
_UCUM = "http://unitsofmeasure.org"
_ICD = {*KNOWLEDGE.systems["icd-10-cm"], *KNOWLEDGE.systems["icd-10"]}
_ADDRESSES = ("{}", "{}/_history/2", "https://ehr.example.org/fhir/{}", "https://ehr.example.org/fhir/{}/_history/2")
_RANGES = ("<={}", "0-{}", "0 - {}", "\u2264 {}")
_RESULT = ("referenceRange", "interpretation", "dataAbsentReason")

# Families of units: the unit, by what a value in the first one is multiplied, and whether UCUM knows this spelling.
_Unit = tuple[str, str, bool]
_FAMILIES: tuple[tuple[_Unit, ...], ...] = (
    (
        ("ug/L", "1", True),
        ("ng/mL", "1", True),
        ("\u00b5g/L", "1", False),  # with the micro sign
        ("\u03bcg/L", "1", False),  # with the Greek letter
        ("mcg/L", "1", False),
        ("NG/ML", "1", False),
        ("ng/mL ", "1", False),
        ("pg/mL", "1000", True),
        ("ng/L", "1000", True),
    ),
    (("%", "1", True), ("1", "0.01", True), ("percent", "1", False)),
    (("mg/dL", "1", True), ("g/L", "0.01", True), ("MG/DL", "1", False)),
    (("mm", "1", True), ("cm", "0.1", True)),
)


# --- codes -------------------------------------------------------------------------------------------------------


def _codings(call: Json) -> Iterator[list[Json]]:
    for resource in everything(call):
        yield from (item["coding"] for item in list(objects(resource)) if isinstance(item.get("coding"), list))


def other_systems(call: Json, chance: Random) -> None:
    """Code systems by any of the URIs under which they are known."""
    for coding in (coding for codings in _codings(call) for coding in codings):
        known = next((uris for uris in KNOWLEDGE.systems.values() if coding.get("system") in uris), None)
        if known:
            coding["system"] = chance.choice(known)


def other_dots(call: Json, chance: Random) -> None:
    """ICD codes with their dot where they had none, and without it where they had one."""
    for coding in (coding for codings in _codings(call) for coding in codings):
        if coding.get("system") in _ICD and chance.random() < 0.7:
            bare = coding["code"].replace(".", "")
            coding["code"] = bare if "." in coding["code"] or len(bare) < 4 else f"{bare[:3]}.{bare[3:]}"


def local_codings(call: Json, chance: Random) -> None:
    """A code of the house among the others, in any order; without a display, or with that of another coding."""
    for codings in _codings(call):
        local = {"system": _LOCAL, "code": f"L{chance.randint(1000, 9999)}"}
        displays = [coding["display"] for coding in codings if "display" in coding]
        if displays and chance.random() < 0.5:
            local["display"] = chance.choice(displays)
        codings.append(local)
        chance.shuffle(codings)


# --- values ------------------------------------------------------------------------------------------------------


def _measured(call: Json) -> Iterator[Json]:
    """Observations (and components) with a Quantity that has a unit."""
    for resource in everything(call):
        for holder in list(objects(resource)):
            if isinstance(quantity := holder.get("valueQuantity"), dict) and quantity.get("unit"):
                yield holder


def _ends(holder: Json) -> Iterator[Json]:
    """Both ends of all reference ranges."""
    for range_ in holder.get("referenceRange", []):
        yield from (range_[name] for name in ("low", "high") if name in range_)


def other_units(call: Json, chance: Random) -> None:
    """Values and their ranges in another unit, the range not always in that of the value, or in another spelling of it.

    All results of a call change alike: two in units of another size would not be compared with each other.
    """
    sizes = {family: chance.choice(family)[1] for family in _FAMILIES}
    for holder in _measured(call):
        quantity = holder["valueQuantity"]
        family = next((f for f in _FAMILIES if quantity["unit"] in [unit for unit, _, _ in f]), None)
        if family is None:
            continue
        target = chance.choice([unit for unit in family if unit[1] == sizes[family]])
        of_range = target if chance.random() < 0.7 else chance.choice(family)
        for end in _ends(holder):
            _convert(end, of_range, family)
        for range_ in holder.get("referenceRange", []):
            range_.pop("text", None)  # repeats the figure in the unit it had
        _convert(quantity, target, family)
        if not target[2] or chance.random() < 0.3:
            quantity.pop("code", None)
            quantity.pop("system", None)


def _convert(quantity: Json, target: _Unit, family: tuple[_Unit, ...]) -> None:
    was = next(Decimal(by) for unit, by, _ in family if unit == quantity["unit"])
    quantity["value"] = Decimal(quantity["value"]) * Decimal(target[1]) / was
    quantity["unit"] = target[0]
    if "code" in quantity:
        quantity |= {"code": target[0], "system": _UCUM}


def values_in_words(call: Json, chance: Random) -> None:
    """Quantities and ranges as the text that older interfaces send, some with a decimal comma."""
    for holder in _measured(call):
        quantity = holder.pop("valueQuantity")
        figure = str(quantity["value"]).replace(".", chance.choice(".,"))
        holder["valueString"] = f"{quantity.get('comparator', '')}{figure} {quantity['unit']}"
        for range_ in (range_ for range_ in holder.get("referenceRange", []) if "high" in range_):
            range_["text"] = chance.choice(_RANGES).format(range_.pop("high")["value"])


# --- structure ---------------------------------------------------------------------------------------------------


def results_in_panels(call: Json, chance: Random) -> None:
    """Results as the only component of a panel, which keeps date, status and specimen."""
    for resource in everything(call):
        if resource["resourceType"] == "Observation" and "component" not in resource and chance.random() < 0.8:
            names = [name for name in resource if name.startswith("value") or name in _RESULT]
            part = {"code": resource["code"]} | {name: resource.pop(name) for name in names}
            resource |= {"code": {"text": "Laboratory panel"}, "component": [part]}


def drugs_by_reference(call: Json, chance: Random) -> None:
    """Medications as a contained resource, or as one of the same Bundle."""
    drafted = [id(resource) for resource in everything(call)[len(resources_of(call)) :]]
    for resource in everything(call):
        if "medicationCodeableConcept" in resource:
            id_ = f"drug-{resource['id']}"
            drug = {"resourceType": "Medication", "id": id_, "code": resource.pop("medicationCodeableConcept")}
            if id(resource) in drafted or chance.random() < 0.5:
                resource.setdefault("contained", []).append(drug)
                resource["medicationReference"] = {"reference": f"#{id_}"}
            else:
                chance.choice(bundles(call)).setdefault("entry", []).append({"resource": drug})
                resource["medicationReference"] = {"reference": f"Medication/{id_}"}


def other_addresses(call: Json, chance: Random) -> None:
    """References as absolute addresses, or to one version of what they name."""
    for resource in everything(call):
        for item in objects(resource):
            target = item.get("reference")
            if isinstance(target, str) and "/" in target and ":" not in target:
                item["reference"] = chance.choice(_ADDRESSES).format(target)
