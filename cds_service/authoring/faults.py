"""Says in a clinician's words what is wrong with the shape of a file: the key, the fault, what was probably meant.

Finds no fault itself; that is the schemas' work. What a pattern or a rule of several keys asks for stands in the
`description` beside it in the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import ValidationError

from cds_service.errors import nearest

_TYPES = {
    "string": "text in quotes",
    "array": "a list in [ ]",
    "object": "a table",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}
_BOUNDS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}
_LONGEST = 60


def described(fault: ValidationError) -> Iterator[tuple[str, str]]:
    """The key (with those above it) and the words of each fault that a validator reports as one."""
    steps = [str(step) for step in fault.absolute_path]
    given: Any = fault.instance
    asked: Any = fault.validator_value
    if fault.validator == "additionalProperties":
        allowed = _properties(fault.schema)
        for key in sorted(given.keys() - allowed):
            yield ".".join([*steps, key]), f"is no key here{nearest(key, allowed)}"
    elif fault.validator == "required":
        missing = fault.message.split("'")[1]
        yield ".".join([*steps, missing]), f"is missing{_because(fault)}"
    elif fault.validator == "dependentRequired":
        needed, one = fault.message.split("'")[1::2]
        yield ".".join([*steps, one]), f"stands alone: {needed} belongs to it"
    else:
        yield ".".join(steps), _words(fault, given, asked)


def _words(fault: ValidationError, given: Any, asked: Any) -> str:
    match fault.validator:
        case "enum":
            words = [str(one) for one in asked]
            return (
                f"{given!r} is not one of {', '.join(word or repr(word) for word in words)}{nearest(str(given), words)}"
            )
        case "const":
            return f"{given!r} is not {asked!r}, the only thing it can be{_because(fault)}"
        case "type":
            return f"must be {_TYPES[asked]}, not {_short(given)}"
        case "minItems" | "minProperties" | "minLength":
            return f"is {'empty' if len(given) == 0 else 'too short'}: {asked} at least"
        case "maxLength" | "maxItems":
            return f"has {len(given)}{' characters' if isinstance(given, str) else ''}; {asked} at most"
        case "uniqueItems":
            return f"lists {next(repr(one) for one in given if given.count(one) > 1)} twice"
        case "minimum" | "maximum" | "exclusiveMinimum":
            return f"{given} is out of range: {_BOUNDS[fault.validator]} {asked}"
        case _:
            return f"{_short(given)} is not {_expected(fault)}"


def _expected(fault: ValidationError) -> str:
    """What the schema's own words ask for; without them what the validator says."""
    schema: Any = fault.schema
    return str(schema.get("description") or f"as expected: {fault.message[:200]}")


def _because(fault: ValidationError) -> str:
    schema: Any = fault.schema
    return f": {schema['description']}" if "description" in schema else ""


def _properties(schema: Any) -> set[str]:
    return set(schema["properties"])


def _short(given: Any) -> str:
    words = repr(given)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
