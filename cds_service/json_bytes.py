"""Decoding and encoding JSON: undecoded members for what may not be needed, exact decimals for what is.

The only module that imports msgspec. Refuses what could change the meaning of a call: repeated names, NaN, broken text.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from cds_service.errors import BadJson

Json = None | bool | int | float | Decimal | str | list["Json"] | dict[str, "Json"]
_T = TypeVar("_T")

_DEEPEST = 200
_FAULTS = (msgspec.MsgspecError, RecursionError, ValueError)


class _Name:
    """A member name that equals no other, so that a repeated name is seen and not merged."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Head(msgspec.Struct, frozen=True, rename="camel"):
    """The few members by which a resource is selected before it is decoded; each may have any type."""

    resource_type: Any = ""
    id: Any = ""
    code: Any = None
    subject: Any = None
    patient: Any = None
    component: Any = None
    has_member: Any = None
    medication_reference: Any = None


_members = msgspec.json.Decoder(dict[_Name, msgspec.Raw], dec_hook=lambda kind, text: kind(text))
_elements = msgspec.json.Decoder(list[msgspec.Raw])
_head = msgspec.json.Decoder(Head)
_anything = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder(decimal_format="number")


def members(raw: bytes, path: str) -> dict[str, bytes]:
    """The undecoded members of one JSON object.

    Raises:
        BadJson: if it is not an object, or a name is repeated at this level.
    """
    try:
        pairs = [(name.text, bytes(value)) for name, value in _members.decode(raw).items()]
    except _FAULTS as fault:
        raise BadJson(path, _problem(raw, fault)) from None
    return _unique(pairs, path)


def _unique(pairs: list[tuple[str, _T]], path: str) -> dict[str, _T]:
    """Of two patient ids nobody knows which is meant: the name is not repeated in the error, it may be a value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadJson(path, "repeats a member name")
    return found


def elements(raw: bytes, path: str) -> list[bytes]:
    """The undecoded elements of a JSON array; a lone object in its place counts as one element."""
    if raw.lstrip().startswith(b"{"):
        return [raw]
    try:
        return [bytes(item) for item in _elements.decode(raw)]
    except _FAULTS as fault:
        raise BadJson(path, _problem(raw, fault)) from None


def head(raw: bytes) -> Head:
    """The members a resource is selected by.

    Raises:
        BadJson: if it is not an object.
    """
    try:
        return _head.decode(raw)
    except _FAULTS as fault:
        raise BadJson("$", _problem(raw, fault)) from None


def decode(raw: bytes, path: str) -> Json:
    """All of a JSON value; numbers with a fraction become Decimal as written (21.10 keeps its zero).

    Raises:
        BadJson: for repeated names, NaN or Infinity, lone surrogates, numbers too long, nesting too deep, no UTF-8.
    """
    try:
        # The strict decoder first: the standard library lets lone surrogates and numbers without bound pass.
        _anything.decode(raw)
        value = _exactly(raw, path)
    except _FAULTS as fault:
        raise BadJson(path, _problem(raw, fault)) from None
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST and _is_deeper(value, _DEEPEST):
        raise BadJson(path, "is nested too deeply")
    return value


def _exactly(raw: bytes, path: str) -> Json:
    """The standard library's decoder, which keeps the digits of a number as written, made to refuse repeated names."""

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        return _unique(pairs, path)

    value: Json = json.loads(raw.decode("utf-8"), parse_float=Decimal, object_pairs_hook=unique)
    return value


def _is_deeper(value: Json, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    return any(_is_deeper(item, levels - 1) for item in (value.values() if isinstance(value, dict) else value))


def _problem(raw: bytes, fault: Exception) -> str:
    """Says what is wrong without repeating anything of the body."""
    if isinstance(fault, RecursionError):
        return "is nested too deeply"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "is not UTF-8"
    if isinstance(fault, msgspec.ValidationError):
        return _mistyped(str(fault))
    return "is not JSON"


def _mistyped(message: str) -> str:
    if "Expected" not in message:
        return "holds a number out of range"
    expected = message.partition("`")[2].partition("`")[0]
    return f"must be {'an' if expected[:1] in 'ao' else 'a'} {expected}"


def encode(value: Any) -> bytes:
    """JSON in UTF-8; Decimal becomes a number.

    Raises:
        ValueError: for NaN and Infinity, which JSON cannot say.
    """
    _refuse_not_a_number(value)
    return _encoder.encode(value)


def _refuse_not_a_number(value: Any) -> None:
    """The encoder would write null for them, and a card with a null breaks the standard."""
    if isinstance(value, float | Decimal) and not Decimal(value).is_finite():
        raise ValueError("a number that is not finite cannot be JSON")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_not_a_number(item)
