"""The JSON Schemas of calls and answers, compiled once; a fault becomes an exact JSON path and a plain word.

Says nothing about FHIR resources: they are read one by one, and a bad one must not cost the call.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from cds_service.errors import BadHookRequest

_FOLDER = Path(__file__).parent / "schemas"
_TYPES = {"string": "must be a string", "object": "must be an object", "array": "must be an array"}


@cache
def schema(name: str) -> dict[str, Any]:
    """One schema of the folder, like "hook-request" or "context-patient-view"."""
    document: dict[str, Any] = json.loads((_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    return document


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def require_valid(value: object, name: str, path: str) -> None:
    """Holds a decoded value that stood at `path` against a schema.

    Raises:
        BadHookRequest: naming the first fault by its JSON path, without repeating the value.
    """
    faults = sorted(_validator(name).iter_errors(value), key=lambda fault: [str(step) for step in fault.absolute_path])
    if faults:
        raise BadHookRequest(_place(faults[0], path), _words(faults[0]))


def _place(fault: ValidationError, path: str) -> str:
    steps = list(fault.absolute_path) + _lacking(fault)[:1]
    return path + "".join(json_step(step) for step in steps)


def json_step(step: str | int) -> str:
    """One step of a JSON path, in brackets where a dot would not do."""
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if re.fullmatch(r"\w+", step) else f"[{json.dumps(step)}]"


def _lacking(fault: ValidationError) -> list[str]:
    """The required members that are not there."""
    rule: Any = fault.validator_value
    present: Any = fault.instance
    if fault.validator == "dependentRequired":
        return [name for member, names in rule.items() if member in present for name in names if name not in present]
    return [name for name in rule if name not in present] if fault.validator == "required" else []


def _words(fault: ValidationError) -> str:
    if fault.validator in ("required", "dependentRequired"):
        return "is missing"
    if fault.validator == "type":
        return _TYPES.get(str(fault.validator_value), "has the wrong type")
    if fault.validator == "minLength":
        return "is empty"
    if fault.validator == "maxLength":
        return "is too long"
    rule: Any = fault.schema
    return str(rule.get("x-problem", f"must be {fault.validator_value}"))
