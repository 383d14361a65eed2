"""Whom the service may ask, and what it accepts from there."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from werkzeug import Request, Response

from cds_service.errors import Unreachable
from cds_service.outbound import Outbound, Rules, is_loopback, normalized_base
from tests.faulty import compresses, drips, floods, hangs, says

LISTED = Rules(servers=("https://fhir.example.org/r4",))
DEVELOPMENT = Rules(development=True)


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(threaded=True) as running:
        yield running


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://FHIR.Example.org/r4/", "https://fhir.example.org/r4"),
        ("https://fhir.example.org:443/r4", "https://fhir.example.org/r4"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://fhir.example.org:80", "http://fhir.example.org"),
        ("https://[2001:db8::1]:8443/fhir", "https://[2001:db8::1]:8443/fhir"),
        ("https://launch.example.org/v/r4/sim/WzIsIiJd/fhir", "https://launch.example.org/v/r4/sim/WzIsIiJd/fhir"),
    ],
)
def test_a_base_address_has_one_form(url: str, base: str) -> None:
    assert normalized_base(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "ftp://fhir.example.org",
        "https://user:secret@fhir.example.org/r4",
        "https://fhir.example.org/r4?x=1",
        "https://fhir.example.org/r4#x",
        "https://fhir.example.org/r4/../admin",
        "https://fhir.example.org/./r4",
        "https://fhir.example.org/%2e%2e/admin",
        "https://fhir.example.org/r4/..;/admin",
        "https://fhir.example.org。evil.example/r4",
        "https://fhir.example.org//r4",
        "https://fhir.example.org\\@evil.example/",
        "https://fhir.example.org:99999/r4",
        "https://fhir.example.org/r4 ",
        "https://fhir.example.org/r4\n",
        "https:///r4",
        "",
    ],
)
def test_an_address_that_two_readers_could_read_differently_is_none(url: str) -> None:
    assert normalized_base(url) is None


@pytest.mark.parametrize(
    ("rules", "base", "refusal"),
    [
        (LISTED, "https://fhir.example.org/r4", ""),
        (LISTED, "https://fhir.example.org/r4/tenant", ""),
        (LISTED, "https://fhir.example.org/r4x", "is not one of the servers this installation may ask"),
        (LISTED, "https://fhir.example.org", "is not one of the servers this installation may ask"),
        (LISTED, "https://fhir.example.org:8443/r4", "is not one of the servers this installation may ask"),
        (LISTED, "https://evil.example/r4", "is not one of the servers this installation may ask"),
        (LISTED, "http://127.0.0.1:8080", "is not one of the servers this installation may ask"),
        (Rules(), "https://fhir.example.org/r4", "is not one of the servers this installation may ask"),
        (Rules(servers=("http://fhir.example.org",)), "http://fhir.example.org", "does not use https"),
        (Rules(servers=("http://fhir.example.org",), development=True), "http://fhir.example.org", ""),
        (DEVELOPMENT, "http://127.0.0.1:8080", ""),
        (DEVELOPMENT, "http://localhost:8080/fhir", ""),
        (DEVELOPMENT, "http://[::1]:8080/fhir", ""),
        (DEVELOPMENT, "https://fhir.example.org/r4", "is not one of the servers this installation may ask"),
        (DEVELOPMENT, "http://127.0.0.1.evil.example", "is not one of the servers this installation may ask"),
    ],
)
def test_only_listed_servers_are_asked_and_those_of_this_machine_in_development(
    rules: Rules, base: str, refusal: str
) -> None:
    assert rules.refusal(base) == refusal


@pytest.mark.parametrize(
    ("rules", "address", "host", "admitted"),
    [
        (LISTED, "93.184.216.34", "fhir.example.org", True),
        (LISTED, "10.1.2.3", "fhir.example.org", False),
        (LISTED, "192.168.1.1", "fhir.example.org", False),
        (LISTED, "169.254.169.254", "fhir.example.org", False),
        (LISTED, "fe80::1%eth0", "fhir.example.org", False),
        (LISTED, "fd00::1", "fhir.example.org", False),
        (LISTED, "::ffff:10.1.2.3", "fhir.example.org", False),
        (LISTED, "2606:2800:220:1::1", "fhir.example.org", True),
        (LISTED, "0.0.0.0", "fhir.example.org", False),  # noqa: S104 - an address to be refused
        (LISTED, "224.0.0.1", "fhir.example.org", False),
        (LISTED, "127.0.0.1", "fhir.example.org", False),
        (LISTED, "127.0.0.1", "127.0.0.1", False),
        (LISTED, "::1", "fhir.example.org", False),
        (DEVELOPMENT, "127.0.0.1", "localhost", True),
        (Rules(networks=(ipaddress.ip_network("10.0.0.0/8"),)), "10.1.2.3", "fhir.example.org", True),
        (Rules(networks=(ipaddress.ip_network("10.0.0.0/8"),)), "::ffff:10.1.2.3", "fhir.example.org", True),
        (Rules(networks=(ipaddress.ip_network("10.0.0.0/8"),)), "192.168.1.1", "fhir.example.org", False),
        (LISTED, "10.1.2.3", "10.1.2.3", True),
        (LISTED, "fd00::1", "fd00:0::1", True),
        (LISTED, "::10.1.2.3", "fhir.example.org", False),
        (LISTED, "2002:a01:203::1", "fhir.example.org", False),
        (LISTED, "2002:7f00:1::1", "fhir.example.org", False),
        (LISTED, "64:ff9b::10.1.2.3", "fhir.example.org", False),
        (LISTED, "64:ff9b::127.0.0.1", "fhir.example.org", False),
        (LISTED, "64:ff9b::93.184.216.34", "fhir.example.org", True),
        (LISTED, "64:ff9b:1::10.1.2.3", "fhir.example.org", False),
        (LISTED, "fec0::1", "fhir.example.org", False),
    ],
)
def test_a_name_leads_to_a_private_address_only_if_its_network_is_listed(
    rules: Rules, address: str, host: str, admitted: bool
) -> None:
    """An address that is written into the list is listed; a name that turns out to be private is not."""
    assert rules.admits(address, host) is admitted


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.8.8.8", True), ("[::1]", True), ("10.0.0.1", False), ("a.b", False)],
)
def test_this_machine_has_many_names(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@contextmanager
def raw_server(*pieces: bytes | float) -> Iterator[str]:
    """Answers each request of a connection with these bytes; a number is a pause."""
    ended = Event()

    def speak(line: socket.socket) -> None:
        with line, suppress(OSError):
            while line.recv(65536):
                for piece in pieces:
                    if isinstance(piece, bytes):
                        line.sendall(piece)
                    elif ended.wait(piece):
                        return

    def listen(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                Thread(target=speak, args=(door.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        Thread(target=listen, args=(door,), daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
        ended.set()
        door.shutdown(socket.SHUT_RDWR)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_second_answer_nobody_asked_for_never_answers_another_call(pause: float) -> None:
    mine, stray = (HEAD + b"Content-Length: 1\r\n\r\n" + letter for letter in (b"a", b"b"))
    with raw_server(mine, pause, stray) as url:
        outbound = Outbound(DEVELOPMENT, 100)
        assert [outbound.get(url, {}, monotonic() + 5).body for _ in range(4)] == [b"a"] * 4


@pytest.mark.parametrize(
    "pieces",
    [
        (HEAD, *(0.1, b"X: y\r\n") * 40),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *(0.1, b"0") * 40),
        (HEAD + b"Content-Length: 99\r\n\r\n", *(0.1, b" ") * 40),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,) * 10000,
    ],
)
def test_whatever_has_no_end_ends_with_the_deadline_and_holds_no_thread(pieces: tuple[bytes | float, ...]) -> None:
    with raw_server(*pieces) as url, pytest.raises(Unreachable, match="did not answer in time"):
        Outbound(DEVELOPMENT, 100).get(url, {}, monotonic() + 0.3)


@pytest.mark.parametrize(
    "told",
    [
        HEAD + b"Content-Length: 100\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        HEAD + b"X: " + b"a" * 70000 + b"\r\n\r\n{}",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
def test_an_answer_that_is_broken_off_or_no_http_is_none(told: bytes) -> None:
    with raw_server(told) as url, pytest.raises(Unreachable):
        Outbound(DEVELOPMENT, 100).get(url, {}, monotonic() + 0.3)


@pytest.mark.parametrize("said", [b"", b"Content-Encoding: Identity\r\n", b"Content-Encoding:\r\n"])
def test_a_body_that_is_not_compressed_is_read_however_that_is_said(said: bytes) -> None:
    with raw_server(HEAD + said + b"Content-Length: 2\r\n\r\n{}") as url:
        assert Outbound(DEVELOPMENT, 100).get(url, {}, monotonic() + 5).body == b"{}"


def asked(server: HTTPServer, path: str = "/x", *, rules: Rules = DEVELOPMENT, max_bytes: int = 1024 * 1024,
          seconds: float = 5) -> bytes:  # fmt: skip
    return Outbound(rules, max_bytes).get(server.url_for(path), {}, monotonic() + seconds).body


def test_an_answer_brings_status_headers_and_body(server: HTTPServer) -> None:
    server.expect_request("/ok").respond_with_data("{}", 200, {"X-Some": "thing"})
    reply = Outbound(DEVELOPMENT, 100).get(server.url_for("/ok"), {"Accept": "text/plain"}, monotonic() + 5)
    assert (reply.status, reply.body, reply.header("x-some"), reply.header("y")) == (200, b"{}", "thing", "")


def test_a_redirect_is_an_answer_and_is_not_followed(server: HTTPServer) -> None:
    server.expect_request("/there").respond_with_data("secret")
    server.expect_request("/here").respond_with_handler(says(302, "", Location=server.url_for("/there")))
    reply = Outbound(DEVELOPMENT, 100).get(server.url_for("/here"), {}, monotonic() + 5)
    assert (reply.status, reply.body) == (302, b"")


def test_a_cookie_of_one_patient_does_not_reach_the_call_of_the_next(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def handler(request: Request) -> Response:
        seen.append(request.headers.get("Cookie"))
        return Response("{}", headers={"Set-Cookie": "session=p1"})

    server.expect_request("/cookie").respond_with_handler(handler)
    outbound = Outbound(DEVELOPMENT, 100)
    for _ in range(2):
        outbound.get(server.url_for("/cookie"), {}, monotonic() + 5)
    assert seen == [None, None]


def test_a_proxy_of_the_environment_is_not_used(server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.expect_request("/proxied").respond_with_data("{}")
    assert asked(server, "/proxied") == b"{}"


def test_only_named_certificates_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted: list[str] = []
    really = ssl.create_default_context

    def noted(cafile: str) -> ssl.SSLContext:
        trusted.append(cafile)
        return really(cafile=DEFAULT_CA_BUNDLE_PATH)

    monkeypatch.setattr("cds_service.outbound.ssl.create_default_context", noted)
    for named in (tmp_path / "hospital.pem", None):
        with pytest.raises(Unreachable, match="could not be reached"):
            Outbound(DEVELOPMENT, 100, named).get("https://localhost:1/", {}, monotonic() + 5)
    assert trusted == [str(tmp_path / "hospital.pem"), DEFAULT_CA_BUNDLE_PATH]


def test_a_file_without_certificates_is_a_fault_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "hospital.pem").write_text("no certificate")
    with pytest.raises(OSError, match="certificate"):
        Outbound(DEVELOPMENT, 100, tmp_path / "hospital.pem")


def test_a_body_beyond_the_bound_is_not_read(server: HTTPServer) -> None:
    server.expect_request("/flood").respond_with_handler(floods(100))
    with pytest.raises(Unreachable, match="sent more than this service accepts"):
        asked(server, "/flood")


def test_a_server_that_says_nothing_is_given_up_at_the_deadline(server: HTTPServer) -> None:
    server.expect_request("/hang").respond_with_handler(hangs(0.5))
    with pytest.raises(Unreachable, match="did not answer in time"):
        asked(server, "/hang", seconds=0.1)


def test_a_body_that_drips_is_given_up_at_the_deadline(server: HTTPServer) -> None:
    server.expect_request("/drip").respond_with_handler(drips())
    with pytest.raises(Unreachable, match="did not answer in time"):
        asked(server, "/drip", seconds=0.35)


def test_a_compressed_body_is_not_opened(server: HTTPServer) -> None:
    server.expect_request("/gzip").respond_with_handler(compresses)
    with pytest.raises(Unreachable, match="compressed"):
        asked(server, "/gzip")


def test_a_deadline_that_has_passed_asks_nobody(server: HTTPServer) -> None:
    with pytest.raises(Unreachable, match="did not answer in time"):
        asked(server, "/never", seconds=-1)


def test_a_closed_port_could_not_be_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(Unreachable, match="could not be reached"):
            Outbound(DEVELOPMENT, 100).get(url, {}, monotonic() + 5)


def test_a_name_with_a_private_address_is_not_connected_to(server: HTTPServer) -> None:
    with pytest.raises(Unreachable, match="could not be reached"):
        asked(server, "/private", rules=LISTED)


def test_a_server_without_certificate_could_not_be_reached(server: HTTPServer) -> None:
    with pytest.raises(Unreachable, match="could not be reached"):
        Outbound(DEVELOPMENT, 100).get(server.url_for("/").replace("http:", "https:"), {}, monotonic() + 5)


def test_a_name_with_several_addresses_is_reached_at_the_one_that_answers(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = socket.getaddrinfo

    def two_addresses(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        hosts = ("127.0.0.9", "127.0.0.1") if host == "localhost" else (host,)
        return [found for one in hosts for found in really(one, port, *rest, **more)]

    monkeypatch.setattr("cds_service.outbound.socket.getaddrinfo", two_addresses)
    server.expect_request("/second").respond_with_data("{}")
    assert asked(server, "/second") == b"{}"


def test_an_address_that_cannot_be_asked_is_no_crash() -> None:
    with pytest.raises(Unreachable, match="could not be reached"):
        Outbound(DEVELOPMENT, 100).get("http://", {}, monotonic() + 5)
