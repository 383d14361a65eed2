"""GETs to other systems: only to listed addresses, within a deadline and a size, without redirects or cookies.

The only module that imports requests. Knows nothing of FHIR; whoever asks says whom and until when.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError

from cds_service.errors import Unreachable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_PIECE = 64 * 1024
_MOST_AT_ONCE = 32
# Nothing that a server or a proxy could read as another path or host: no userinfo, query, fragment, escapes.
_BASE = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::(\d{1,5}))?((?:/[A-Za-z0-9._~=,;@+-]+)*)/?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_STEPS = {".", ".."}


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom this installation may ask.

    Attributes:
        servers: listed base addresses, normalized; each allows itself and what stands below its path.
        networks: private networks in which a listed name may lie.
        development: plain http, and any server on this machine without being listed.
    """

    servers: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    development: bool = False

    def refusal(self, base: str) -> str:
        """Why a normalized base address must not be asked, "" if it may."""
        secure = base.startswith("https://")
        if self.development and is_loopback(_host(base)):
            return ""
        if not any(base == listed or base.startswith(f"{listed}/") for listed in self.servers):
            return "is not one of the servers this installation may ask"
        return "" if secure or self.development else "does not use https"

    def admits(self, address: str, host: str) -> bool:
        """Whether the address behind a host name may be connected to."""
        given = ipaddress.ip_address(address.partition("%")[0])
        ip = given.ipv4_mapped or given if isinstance(given, ipaddress.IPv6Address) else given
        if ip.is_loopback:
            return self.development
        if ip.is_multicast or ip.is_unspecified:
            return False
        return ip.is_global or address == host or any(ip in network for network in self.networks)


def normalized_base(url: str) -> str | None:
    """A base address in its one form (lower-case host, no default port, no slash at the end); None if it is none."""
    match = _BASE.fullmatch(url)
    if match is None or _STEPS & set(match[4].split("/")) or int(match[3] or 0) > 65535:
        return None
    scheme, host, port, path = match[1], match[2].lower(), match[3], match[4]
    shown = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
    return f"{scheme}://{host}{shown}{path}"


def is_loopback(host: str) -> bool:
    """Whether a host as written is this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _host(base: str) -> str:
    return urlsplit(base).hostname or ""


class Outbound:
    """A pool of connections to listed servers: no cookies, no proxies or passwords of the environment, no redirects."""

    def __init__(self, rules: Rules, max_bytes: int, ca_file: Path | None = None) -> None:
        """`max_bytes` bounds every answer; `ca_file` holds the certificates to trust."""
        # Its lines name whole addresses, and these name patients.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)
        self.rules = rules
        self._max_bytes = max_bytes
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca_file) if ca_file else True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A compressed answer could grow beyond its bound when opened.
        self._session.headers = CaseInsensitiveDict({"User-Agent": "nen-cds", "Accept-Encoding": "identity"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Guarded(rules))

    def get(self, url: str, headers: Mapping[str, str], until: float) -> Reply:
        """The answer to one GET of an address below an allowed base.

        Args:
            url: complete, with its query already escaped.
            headers: of this request alone.
            until: moment of `time.monotonic` at which the answer is given up.

        Raises:
            Unreachable: no whole answer came in time and size.
        """
        left = until - monotonic()
        if left <= 0:
            raise Unreachable("did not answer in time")
        try:
            with self._session.get(
                url, headers=dict(headers), timeout=left, stream=True, allow_redirects=False
            ) as response:
                return Reply(response.status_code, dict(response.headers), self._body(response, until))
        except (requests.Timeout, TimeoutError):
            raise Unreachable("did not answer in time") from None
        except (requests.RequestException, HTTPError, OSError, ValueError):
            raise Unreachable("could not be reached") from None

    def _body(self, response: requests.Response, until: float) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Unreachable("sent a compressed answer although it was asked not to")
        body = bytearray()
        for piece in _pieces(response):
            body += piece
            if len(body) > self._max_bytes:
                raise Unreachable("sent more than this service accepts")
            if monotonic() > until:
                raise Unreachable("did not answer in time")
        return bytes(body)


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers and the whole body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """What has come so far, each time something comes: a slow server must not hold a read until it is full."""
    while piece := response.raw.read1(_PIECE):
        yield piece


class _Guarded(HTTPAdapter):
    """Connects to the addresses behind a name only where the rules admit them."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        super().__init__(pool_maxsize=_MOST_AT_ONCE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._rules)


def _pool_classes(rules: Rules) -> dict[str, type[HTTPConnectionPool]]:
    """The name is resolved once, and what was checked is what is connected to: no second look-up can differ."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, rules)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, rules)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(connection: HTTPConnection, rules: Rules) -> socket.socket:
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    addresses = [str(where[0]) for *_, where in found]
    problem: OSError | None = None
    for address in addresses:
        if rules.admits(address, connection.host):
            try:
                return socket.create_connection((address, connection.port), connection.timeout)
            except OSError as fault:
                problem = fault
    raise problem or NewConnectionError(connection, "the address behind the name is private and not listed")
