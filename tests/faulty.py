"""FHIR servers for tests: one that holds resources and searches them as R4 says, and ways in which one can fail.

The first answers in the process, without a socket; the second are handlers of a real server.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug import Request, Response

from cds_service.outbound import Reply
from tests.fhir.calls import bundle

BASE = "https://fhir.example.org/r4"
TOKEN = "canary-token"
Resource = dict[str, Any]


@dataclass
class Store:
    """Resources behind a FHIR base.

    `unknown` are addresses it does not serve; `asked` keeps the addresses and headers of all requests.
    """

    resources: list[Resource]
    base: str = BASE
    page_size: int = 1000
    unknown: frozenset[str] = frozenset()
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def get(self, url: str, headers: Mapping[str, str], until: float) -> Reply:
        self.asked.append((url, headers))
        status, body = self.answer(url)
        return Reply(status, {}, json.dumps(body).encode())

    def answer(self, url: str) -> tuple[int, Resource]:
        parts = urlsplit(url)
        path, query = parts.path.removeprefix(urlsplit(self.base).path).strip("/"), parse_qs(parts.query)
        if url in self.unknown:
            return 404, outcome("not-found")
        if "/" in path:
            found = [r for r in self.resources if f"{r['resourceType']}/{r.get('id')}" == path]
            return (200, found[0]) if found else (404, outcome("not-found"))
        matches = [r for r in self.resources if r["resourceType"] == path and _is_asked(r, query)]
        return 200, self._page(matches, url, int(query.get("page", ["0"])[0]))

    def _page(self, matches: list[Resource], url: str, number: int) -> Resource:
        start = number * self.page_size
        page = matches[start : start + self.page_size]
        links = [{"relation": "self", "url": url}]
        if start + self.page_size < len(matches):
            links.append({"relation": "next", "url": f"{url.partition('&page=')[0]}&page={number + 1}"})
        entries = [{"resource": resource, "search": {"mode": "match"}} for resource in page]
        bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(matches), "link": links}
        return bundle | ({"entry": entries} if entries else {})


def _is_asked(resource: Resource, query: Mapping[str, list[str]]) -> bool:
    holder = resource.get("subject") or resource.get("patient") or {}
    if "patient" in query and str(holder.get("reference", "")).rpartition("/")[2] != query["patient"][0]:
        return False
    if "code" not in query:
        return True
    wanted = set(query["code"][0].split(","))
    codings = [code for holder in (resource, *resource.get("component", [])) for code in _codings(holder)]
    return bool(wanted & set(codings))


def _codings(holder: Resource) -> Iterator[str]:
    for coding in (holder.get("code") or {}).get("coding", []):
        yield f"{coding.get('system')}|{coding.get('code')}"


def outcome(code: str = "processing") -> Resource:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


# --- ways to fail ------------------------------------------------------------------------------------------------

Handler = Callable[[Request], Response]


def says(status: int, body: Any = None, **headers: str) -> Handler:
    def handler(request: Request) -> Response:
        data = body if isinstance(body, str | bytes) else json.dumps(outcome() if body is None else body)
        return Response(data, status, headers, content_type="application/fhir+json")

    return handler


def hangs(seconds: float = 3) -> Handler:
    def handler(request: Request) -> Response:
        sleep(seconds)
        return Response("{}", 200)

    return handler


def drips(pieces: int = 40, pause: float = 0.1) -> Handler:
    """Sends a byte now and then, so that no single read ever times out."""

    def body() -> Iterator[bytes]:
        for _ in range(pieces):
            sleep(pause)
            yield b" "

    return lambda request: Response(body(), 200, content_type="application/fhir+json")


def floods(megabytes: int = 100) -> Handler:
    piece = b" " * 1024 * 1024
    return lambda request: Response((piece for _ in range(megabytes)), 200, content_type="application/fhir+json")


def pages_without_end(request: Request) -> Response:
    number = int(request.args.get("page", "0"))
    url = f"{request.base_url}?page={number + 1}"
    return _json(bundle(link=[{"relation": "next", "url": url}]))


def turns_in_circles(request: Request) -> Response:
    return _json(bundle(link=[{"relation": "next", "url": request.url}]))


def names_another_host(other: str) -> Handler:
    return lambda request: _json(bundle(link=[{"relation": "next", "url": f"{other}{request.path}?page=2"}]))


def compresses(request: Request) -> Response:
    return Response(gzip.compress(b"{}"), 200, {"Content-Encoding": "gzip"}, content_type="application/fhir+json")


def warns_inside(request: Request) -> Response:
    return _json(bundle(outcome("suppressed"), total=0))


def _json(body: Resource) -> Response:
    return Response(json.dumps(body), 200, content_type="application/fhir+json")


def holding(resources: Iterable[Resource]) -> Handler:
    """A server that holds resources and ignores every search parameter but the type."""
    held = list(resources)

    def handler(request: Request) -> Response:
        kind = request.path.rstrip("/").rpartition("/")[2]
        return _json(bundle(*(resource for resource in held if resource["resourceType"] == kind)))

    return handler
