"""How one call asks its FHIR server: what goes into an address, which pages are followed, what is tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

import pytest

from cds_service.errors import Unreachable
from cds_service.fhir.server import Fetched, FhirServer, connected, is_safe_id
from cds_service.outbound import Outbound, Reply, Rules

BASE = "https://fhir.example.org/r4"
BUNDLE = {"resourceType": "Bundle", "type": "searchset"}


@dataclass
class Answers:
    """Answers one after the other, the last one for ever; keeps what was asked."""

    replies: list[Reply | Unreachable]
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def get(self, url: str, headers: Mapping[str, str], until: float) -> Reply:
        self.asked.append((url, headers))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Unreachable):
            raise reply
        return reply


def reply(body: Any = BUNDLE, status: int = 200, **headers: str) -> Reply:
    return Reply(
        status, {k.replace("_", "-"): v for k, v in headers.items()}, body if isinstance(body, bytes) else encoded(body)
    )


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def next_at(url: str) -> Any:
    return BUNDLE | {"link": [{"relation": "self", "url": "x"}, {"relation": "next", "url": url}]}


def server(*replies: Reply | Unreachable, token: str = "t0", seconds: float = 5) -> tuple[FhirServer, Answers]:
    answers = Answers(list(replies) or [reply()])
    return FhirServer(BASE, token, monotonic() + seconds, answers.get), answers


def fetched(*replies: Reply | Unreachable, seconds: float = 5) -> tuple[Fetched, list[str]]:
    one, answers = server(*replies, seconds=seconds)
    result = one.fetch({"conditions": f"{BASE}/Condition?patient=p1"})["conditions"]
    return result, [url.removeprefix(BASE) for url, _ in answers.asked]


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ("Patient/{{context.patientId}}", "/Patient/p-1"),
        ("Condition?patient={{context.patientId}}", "/Condition?patient=p-1&_count=200"),
        (
            "Observation?patient={{context.patientId}}&code=http://loinc.org|15060-7,http://loinc.org|57371-7",
            "/Observation?patient=p-1&code=http%3A%2F%2Floinc.org%7C15060-7%2Chttp%3A%2F%2Floinc.org%7C57371-7&_count=200",
        ),
    ],
)
def test_a_template_becomes_an_address_with_every_value_escaped(query: str, address: str) -> None:
    assert server()[0].address(query, "p-1") == BASE + address


@pytest.mark.parametrize("id_", ["smart-1288992", "a.b", "eq081-VQEgP8drUUqCWzHfw3", "12345", "x" * 200, "a_b~c"])
def test_ids_as_real_servers_give_them_may_be_asked_for(id_: str) -> None:
    assert is_safe_id(id_)


@pytest.mark.parametrize(
    "id_", ["", ".", "..", "a/b", "1?x=y", "1#f", "1&_include=*", "%2e%2e", "1,2", "1|2", "1$2", "a b", "1\r\nX: 1",
            "ä", "x" * 600]
)  # fmt: skip
def test_an_id_that_would_be_syntax_or_a_list_of_ids_is_not_asked_for(id_: str) -> None:
    assert not is_safe_id(id_)


def test_the_token_is_sent_as_bearer_with_every_request() -> None:
    one, answers = server(reply(next_at(f"{BASE}?page=2")), reply())
    one.fetch({"conditions": f"{BASE}/Condition?patient=p1"})
    assert [headers["Authorization"] for _, headers in answers.asked] == ["Bearer t0", "Bearer t0"]


def test_an_empty_token_sends_no_header() -> None:
    one, answers = server(token="")
    one.fetch({"conditions": f"{BASE}/Condition?patient=p1"})
    assert "Authorization" not in answers.asked[0][1]


@pytest.mark.parametrize("token", ["a b", "a\r\nX-Evil: 1", "ä"])
def test_a_token_that_would_break_a_header_is_not_sent(token: str) -> None:
    with pytest.raises(Unreachable, match="cannot be asked with this access token"):
        server(token=token)


def test_the_token_is_not_in_what_is_printed_of_a_server() -> None:
    assert "t0" not in repr(server()[0])


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (BASE, True),
        (f"{BASE}?_getpages=1", True),
        (f"{BASE}/Condition?page=2", True),
        ("https://FHIR.example.org/r4/Condition", True),
        ("https://fhir.example.org/r4x/Condition", False),
        ("https://fhir.example.org/admin", False),
        ("https://evil.example/r4/Condition", False),
        ("http://fhir.example.org/r4/Condition", False),
        ("https://fhir.example.org@evil.example/r4", False),
        ("https://fhir.example.org/r4/../admin", False),
    ],
)
def test_a_page_is_followed_only_on_the_same_server(url: str, own: bool) -> None:
    assert server()[0].owns(url) is own


def test_pages_are_followed_to_the_last() -> None:
    pages = [reply(next_at(f"{BASE}?page=2")), reply(next_at("Condition?page=3")), reply()]
    found, asked = fetched(*pages)
    assert (len(found.pages), found.problem) == (3, "")
    assert asked == ["/Condition?patient=p1", "?page=2", "/Condition?page=3"]


def test_one_link_that_is_no_list_is_a_link() -> None:
    found, _ = fetched(reply(BUNDLE | {"link": {"relation": "next", "url": f"{BASE}?page=2"}}), reply())
    assert len(found.pages) == 2


def test_a_next_page_on_another_server_is_named_and_not_asked() -> None:
    found, asked = fetched(reply(next_at("https://evil.example/r4?page=2")))
    assert len(found.pages) == 1
    assert "another server" in found.problem
    assert asked == ["/Condition?patient=p1"]


@pytest.mark.parametrize("url", [f"{BASE}/Condition?patient=p1", f"{BASE}?page=2"])
def test_pages_that_turn_in_a_circle_end(url: str) -> None:
    found, _ = fetched(reply(next_at(url)))
    assert found.problem == "has no last page"


def test_pages_without_end_end() -> None:
    numbers = iter(range(1000))

    def get(url: str, headers: Mapping[str, str], until: float) -> Reply:
        return reply(next_at(f"{BASE}?page={next(numbers)}"))

    found = FhirServer(BASE, "", monotonic() + 5, get).fetch({"c": f"{BASE}/Condition"})["c"]
    assert (len(found.pages), found.problem) == (50, "has no last page")


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_server_that_is_busy_is_asked_once_more(status: int) -> None:
    found, asked = fetched(reply(status=status), reply())
    assert (found.problem, len(asked)) == ("", 2)


def test_it_is_not_asked_a_third_time() -> None:
    found, asked = fetched(reply(status=503))
    assert (found.problem, len(asked)) == ("answered 503", 2)


def test_a_pause_longer_than_the_deadline_is_not_waited_for() -> None:
    found, asked = fetched(reply(status=429, Retry_After="30"), seconds=1)
    assert (found.problem, len(asked)) == ("answered 429", 1)


def test_the_pause_the_server_asks_for_is_kept() -> None:
    found, asked = fetched(reply(status=429, Retry_After="0"), reply())
    assert (found.problem, len(asked)) == ("", 2)


@pytest.mark.parametrize(
    ("given", "problem", "served"),
    [
        (reply(status=401), "answered 401", True),
        (reply(status=403), "answered 403", True),
        (reply(status=404), "answered 404", False),
        (reply(status=501), "answered 501", False),
        (reply(status=500), "answered 500", True),
        (reply(status=302), "sent a redirect, which is not followed", True),
        (reply(b"<html>"), "sent something that is no FHIR JSON", True),
        (reply(b'{"resourceType": "Bun'), "sent something that is no FHIR JSON", True),
        (reply(BUNDLE | {"link": "x"}), "", True),
        (reply(status=204), "answered 204", True),
        (reply(status=410), "answered 410", False),
        (reply(b"\xef\xbb\xbf" + encoded(BUNDLE)), "", True),
        (reply(next_at("http://[")), "names a next page without a usable address", True),
        (reply(BUNDLE | {"link": [{"relation": "next"}]}), "names a next page without a usable address", True),
        (reply(next_at("")), "names a next page without a usable address", True),
        (Unreachable("could not be reached"), "could not be reached", True),
    ],
)
def test_each_fault_is_named(given: Reply | Unreachable, problem: str, served: bool) -> None:
    found, _ = fetched(given)
    assert (found.problem, found.served) == (problem, served)


def test_a_fault_that_nobody_foresaw_ends_the_search_and_not_the_thread() -> None:
    def get(url: str, headers: Mapping[str, str], until: float) -> Reply:
        raise RuntimeError(url)

    found = FhirServer(BASE, "", monotonic() + 5, get).fetch({"c": f"{BASE}/Condition"})
    assert found == {"c": Fetched(problem="sent something that cannot be read")}


def test_all_answers_of_a_call_together_have_a_bound() -> None:
    page = reply(BUNDLE | {"id": "x" * 400})
    answers = Answers([page])
    one = FhirServer(BASE, "", monotonic() + 5, answers.get, most_bytes=1000)
    found = one.fetch({str(number): f"{BASE}/Condition?{number}" for number in range(4)})
    assert sorted(item.problem for item in found.values()) == [
        "", "", "sent more than this service accepts for one call", "sent more than this service accepts for one call"
    ]  # fmt: skip
    assert one.fetch({"more": f"{BASE}/Medication/1"})["more"].pages == ()


def test_a_fault_on_a_later_page_keeps_the_pages_before_it() -> None:
    found, _ = fetched(reply(next_at(f"{BASE}?page=2")), reply(status=404))
    assert (len(found.pages), found.problem, found.served) == (1, "answered 404", True)


def test_what_does_not_come_in_time_says_so_and_what_came_counts() -> None:
    def get(url: str, headers: Mapping[str, str], until: float) -> Reply:
        if "slow" in url:
            sleep(0.5)
        return reply()

    found = FhirServer(BASE, "", monotonic() + 0.2, get).fetch({"fast": f"{BASE}/a", "slow": f"{BASE}/slow"})
    assert (found["fast"].problem, found["slow"].problem) == ("", "did not answer in time")


def test_nothing_wanted_asks_nobody() -> None:
    one, answers = server()
    assert one.fetch({}) == {}
    assert answers.asked == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [("file:///etc/passwd", "has an address this service does not accept"), ("https://evil.example/r4", "may ask")],
)
def test_a_server_that_is_not_listed_is_refused(url: str, reason: str) -> None:
    with pytest.raises(Unreachable, match=reason):
        connected(url, "", Outbound(Rules(servers=(BASE,)), 1024), 1)


def test_a_listed_server_is_known_by_its_normal_address() -> None:
    assert connected(f"{BASE}/", "", Outbound(Rules(servers=(BASE,)), 1024), 1).base == BASE
