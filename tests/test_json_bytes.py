"""JSON as it arrives: what is kept exact, what is refused, and that no error repeats the body."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.errors import BadJson
from cds_service.json_bytes import decode, elements, encode, head, members


def test_a_number_keeps_its_digits_as_written() -> None:
    assert str(decode(b"21.10", "$")) == "21.10"
    assert encode({"value": decode(b"21.10", "$")}) == b'{"value":21.10}'


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b'{"a":1,"a":2}', "repeats a member name"),
        (b'{"b":{"a":1,"a":2}}', "repeats a member name"),
        (b"NaN", "is not JSON"),
        (b"[-Infinity]", "is not JSON"),
        (b'"\\ud800"', "is not JSON"),
        (b'"\xff"', "is not UTF-8"),
        (b"1" * 5000, "holds a number out of range"),
        (b"1e400", "holds a number out of range"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested too deeply"),
        (b"[" * 201 + b"]" * 201, "is nested too deeply"),
        (b'{"a":' * 201 + b"1" + b"}" * 201, "is nested too deeply"),
        (b"", "is not JSON"),
        (b"[1,]", "is not JSON"),
        (b"\xef\xbb\xbf{}", "is not JSON"),
    ],
)
def test_what_is_not_json_as_we_accept_it_is_refused(raw: bytes, problem: str) -> None:
    with pytest.raises(BadJson) as caught:
        decode(raw, "$.x")
    assert (caught.value.path, caught.value.problem) == ("$.x", problem)


def test_200_levels_and_many_brackets_in_texts_are_no_harm() -> None:
    assert decode(b"[" * 200 + b"]" * 200, "$")
    assert decode(b'["' + b"[" * 500 + b'"]', "$") == ["[" * 500]


def test_members_stay_undecoded() -> None:
    assert members(b'{"a": {"b": 1.50}, "c": null}', "$") == {"a": b'{"b": 1.50}', "c": b"null"}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"[]", "must be an object"),
        (b'{"a":1,"b":{},"a":2}', "repeats a member name"),
        (b'{"a":1', "is not JSON"),
        (b'"\xff"', "is not UTF-8"),
    ],
)
def test_members_of_what_is_no_object_are_refused(raw: bytes, problem: str) -> None:
    with pytest.raises(BadJson) as caught:
        members(raw, "$")
    assert caught.value.problem == problem


def test_a_name_repeated_further_down_is_no_matter_of_this_level() -> None:
    assert members(b'{"a":{"b":1,"b":2}}', "$") == {"a": b'{"b":1,"b":2}'}


def test_elements_stay_undecoded_and_a_lone_object_is_one() -> None:
    assert elements(b'[1, {"a":1}]', "$") == [b"1", b'{"a":1}']
    assert elements(b' {"a":1}', "$") == [b' {"a":1}']


def test_elements_of_a_text_are_refused() -> None:
    with pytest.raises(BadJson, match="must be an array"):
        elements(b'"x"', "$")


def test_a_head_takes_members_of_any_type() -> None:
    seen = head(b'{"resourceType": 5, "code": "x", "hasMember": {}, "component": false, "other": 1}')
    assert (seen.resource_type, seen.code, seen.has_member, seen.component) == (5, "x", {}, False)


@pytest.mark.parametrize("raw", [b"[]", b"null", b"{", b'"Patient"'])
def test_a_head_of_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadJson):
        head(raw)


@pytest.mark.parametrize("value", [float("nan"), [Decimal("Infinity")], {"a": (Decimal("NaN"),)}])
def test_a_number_that_is_not_finite_is_never_written(value: object) -> None:
    with pytest.raises(ValueError, match="not finite"):
        encode(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    try:
        value = decode(raw, "$")
    except BadJson:
        return
    assert decode(encode(value), "$") == value
