"""The FHIR server behind a call: searches side by side under one deadline, pages followed, one retry.

Moves bytes; what they say, and what they prove, is `prefetch` and `fetching`.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlencode, urljoin

from cds_service.errors import BadJson, Unreachable
from cds_service.json_bytes import decode, members
from cds_service.outbound import Outbound, Reply, normalized_base

PATIENT = "{{context.patientId}}"
# Longer than FHIR allows, because real ids are; but nothing that is syntax in a path or a query, or an OR of ids.
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]{1,512}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_AT_ONCE = 8
_MOST_PAGES = 50
_PAGE_SIZE = "200"
_TRY_AGAIN = (429, 502, 503)
_PAUSE = 0.2
_NOT_SERVED = (404, 405, 410, 501)
_MOST_BYTES = 64 * 1024 * 1024
_WHOLE_ANSWERS = 4
_JSON = "application/fhir+json, application/json;q=0.9"


class Get(Protocol):
    """One GET; see `outbound.Outbound.get`."""

    def __call__(self, url: str, headers: Mapping[str, str], until: float) -> Reply:
        """Raises Unreachable where no whole answer came."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came for one search.

    Attributes:
        pages: bodies as they came.
        problem: why it is not all, in words that fit behind "the FHIR server"; "" if it came whole.
        served: whether the server knows such a search at all.
    """

    pages: tuple[bytes, ...] = ()
    problem: str = ""
    served: bool = True


def is_safe_id(id_: str) -> bool:
    """Whether an id of the call can be put into an address without becoming path or query syntax."""
    return _ID.fullmatch(id_) is not None


@dataclass(frozen=True, slots=True)
class FhirServer:
    """One server as one call may use it.

    Attributes:
        base: normalized and allowed.
        token: sent as Bearer; none if empty. It goes with the call.
        until: moment of `time.monotonic` at which everything still open is given up.
        most_bytes: of all answers together.
    """

    base: str
    token: str = field(repr=False)
    until: float
    get: Get = field(repr=False)
    most_bytes: int = _MOST_BYTES
    _come: list[int] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.token and not _TOKEN.fullmatch(self.token):
            raise Unreachable("cannot be asked with this access token: it holds characters no header may carry")

    def address(self, query: str, patient_id: str) -> str:
        """The address of a prefetch template for this patient, every value escaped."""
        kind, _, filters = query.partition("?")
        if not filters:
            return f"{self.base}/{kind.replace(PATIENT, quote(patient_id, safe=''))}"
        asked = [(name, patient_id if value == PATIENT else value) for name, value in parse_qsl(filters)]
        return f"{self.base}/{kind}?{urlencode([*asked, ('_count', _PAGE_SIZE)])}"

    def owns(self, url: str) -> bool:
        """Whether an address lies on this server, below its base: tokens go nowhere else."""
        place = normalized_base(url.partition("?")[0]) or ""
        return place == self.base or place.startswith(f"{self.base}/")

    def fetch(self, addresses: Mapping[str, str]) -> dict[str, Fetched]:
        """Everything at these addresses, by the same keys; what is not there at the deadline says so."""
        todo: SimpleQueue[tuple[str, str]] = SimpleQueue()
        done: SimpleQueue[tuple[str, Fetched]] = SimpleQueue()
        for item in addresses.items():
            todo.put(item)
        for _ in range(min(_AT_ONCE, len(addresses))):
            # A daemon: a server that never stops sending must not hold up the end of the process.
            Thread(target=self._work, args=(todo, done), daemon=True).start()
        return {key: Fetched(problem="did not answer in time") for key in addresses} | dict(
            islice(self._results(done), len(addresses))
        )

    def _results(self, done: SimpleQueue[tuple[str, Fetched]]) -> Iterator[tuple[str, Fetched]]:
        while True:
            try:
                yield done.get(timeout=max(0, self.until - monotonic()))
            except Empty:
                return

    def _work(self, todo: SimpleQueue[tuple[str, str]], done: SimpleQueue[tuple[str, Fetched]]) -> None:
        while True:
            try:
                key, address = todo.get_nowait()
            except Empty:
                return
            try:
                fetched = self._all_pages(address)
            except Exception:  # a thread that dies prints what it read, and the call waits for nothing
                fetched = Fetched(problem="sent something that cannot be read")
            done.put((key, fetched))

    def _all_pages(self, first: str) -> Fetched:
        pages: list[bytes] = []
        seen: set[str] = set()
        address: str | None = first
        while address is not None:
            if problem := self._not_to_follow(address, seen):
                return Fetched(tuple(pages), problem)
            seen.add(address)
            try:
                page = self._page(address)
                address = _next_address(page, f"{self.base}/")
            except Unreachable as fault:
                return Fetched(tuple(pages), fault.reason, bool(pages) or fault.status not in _NOT_SERVED)
            pages.append(page)
        return Fetched(tuple(pages))

    def _not_to_follow(self, address: str, seen: set[str]) -> str:
        if not address:
            return "names a next page without a usable address"
        if not self.owns(address):
            return "names a next page on another server, which is not asked"
        return "has no last page" if address in seen or len(seen) == _MOST_PAGES else ""

    def _page(self, address: str) -> bytes:
        reply = self._reply(address)
        if reply.status in _TRY_AGAIN and self._may_wait(_pause(reply)):
            sleep(_pause(reply))
            reply = self._reply(address)
        if 300 <= reply.status < 400:
            raise Unreachable("sent a redirect, which is not followed", reply.status)
        if reply.status != 200:
            raise Unreachable(f"answered {reply.status}", reply.status)
        self._come.append(len(reply.body))
        if sum(self._come) > self.most_bytes:
            raise Unreachable("sent more than this service accepts for one call")
        return reply.body.removeprefix(BOM_UTF8)

    def _reply(self, address: str) -> Reply:
        headers = {"Accept": _JSON} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        return self.get(address, headers, self.until)

    def _may_wait(self, seconds: float) -> bool:
        return monotonic() + seconds < self.until


def connected(url: str, token: str, outbound: Outbound, seconds: float) -> FhirServer:
    """The server of a call, if this installation may ask it; the time to answer runs from now.

    Raises:
        Unreachable: the address or the token cannot be used, or the server is not listed.
    """
    base = normalized_base(url)
    if base is None:
        raise Unreachable("has an address this service does not accept")
    if refusal := outbound.rules.refusal(base):
        raise Unreachable(refusal)
    return FhirServer(base, token, monotonic() + seconds, outbound.get, _WHOLE_ANSWERS * outbound.max_bytes)


def _pause(reply: Reply) -> float:
    """What the server asks for, in seconds; a date is not read."""
    asked = reply.header("Retry-After")
    return float(asked) if asked.isdecimal() else _PAUSE


def _next_address(page: bytes, base: str) -> str | None:
    """The address of the next page, "" where it cannot be made out; None if this page is the last."""
    try:
        links = decode(members(page, "$").get("link", b"[]"), "$.link")
    except BadJson:
        raise Unreachable("sent something that is no FHIR JSON") from None
    for link in links if isinstance(links, list) else [links]:
        if isinstance(link, dict) and link.get("relation") == "next":
            return _absolute(link.get("url"), base)
    return None


def _absolute(link: object, base: str) -> str:
    """A relative link is relative to the base (FHIR R4, Bundle.link)."""
    try:
        return urljoin(base, link) if isinstance(link, str) and link else ""
    except ValueError:
        return ""
