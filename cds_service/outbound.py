"""GETs to other systems: only to listed addresses, within a deadline and a size, without redirects or cookies.

The only module that imports requests. Knows nothing of FHIR; whoever asks says whom and until when.
"""

from __future__ import annotations

import io
import ipaddress
import logging
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as LateError

from cds_service.errors import Unreachable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PIECE = 64 * 1024
_LEAST = 0.001
# Nothing that a server or a proxy could read as another path or host: no userinfo, query, fragment, escapes, and no
# semicolon, behind which Tomcat cuts a step off ("/..;/" is one up).
_BASE = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::(\d{1,5}))?((?:/[A-Za-z0-9._~=,@+-]+)*)/?")
_HEADERS = {"User-Agent": "nen-cds", "Accept-Encoding": "identity", "Connection": "close"}
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_STEPS = {".", ".."}
_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


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
        ip = _leads_to(address)
        if ip.is_loopback:
            return self.development
        if ip.is_multicast or ip.is_unspecified:
            return False
        return _is_public(ip) or _is_written(ip, host) or any(ip in network for network in self.networks)


def _leads_to(address: str) -> Address:
    """The address without zone; of an IPv6 one that only carries an IPv4 one, the latter."""
    given = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(given, ipaddress.IPv4Address):
        return given
    return given.ipv4_mapped or (ipaddress.IPv4Address(given.packed[-4:]) if given in _NAT64 else given)


def _is_public(ip: Address) -> bool:
    """What Python calls global holds old IPv6 forms that carry or stand for private addresses."""
    is_old = isinstance(ip, ipaddress.IPv6Address) and (ip not in _UNICAST or ip.sixtofour is not None)
    return ip.is_global and not is_old


def _is_written(ip: Address, host: str) -> bool:
    """Whether the host is this very address, in whatever form it was listed."""
    try:
        return ipaddress.ip_address(host) == ip
    except ValueError:
        return False


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
    """Requests to listed servers: no cookies, no proxies or passwords of the environment, no redirects.

    Each goes over a connection of its own: what a server sends too late or too much must not answer another call.
    """

    def __init__(self, rules: Rules, max_bytes: int, ca_file: Path | None = None) -> None:
        """`max_bytes` bounds every answer; `ca_file` holds the certificates to trust.

        Raises:
            OSError: the file holds no certificates.
        """
        # Its lines name whole addresses, and these name patients.
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)
        self.rules = rules
        self.max_bytes = max_bytes
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A compressed answer could grow beyond its bound when opened.
        self._session.headers = CaseInsensitiveDict(_HEADERS)
        # Read once: with a connection for each request it would be read each time.
        trusted = ssl.create_default_context(cafile=str(ca_file or DEFAULT_CA_BUNDLE_PATH))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Guarded(rules, trusted))

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
            # One time for connecting and reading together; the types of requests do not know that it takes this.
            wait: Any = Timeout(total=left)
            with self._session.get(
                url, headers=dict(headers), timeout=wait, stream=True, allow_redirects=False
            ) as response:
                return Reply(response.status_code, dict(response.headers), self._body(response))
        except (requests.Timeout, TimeoutError, LateError):
            raise Unreachable("did not answer in time") from None
        except (requests.RequestException, HTTPError, OSError, ValueError):
            raise Unreachable("could not be reached") from None

    def _body(self, response: requests.Response) -> bytes:
        if response.headers.get("Content-Encoding", "").lower() not in ("", "identity"):
            raise Unreachable("sent a compressed answer although it was asked not to")
        body = bytearray()
        for piece in _pieces(response):
            body += piece
            if len(body) > self.max_bytes:
                raise Unreachable("sent more than this service accepts")
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

    def __init__(self, rules: Rules, trusted: ssl.SSLContext) -> None:
        self._rules = rules
        self._trusted = trusted
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._trusted)
        self.poolmanager.pool_classes_by_scheme = _pool_classes(self._rules)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """The context knows whom to trust; requests would have the certificates read again for each connection."""


class _Once:
    """Keeps no connection for a second request, whatever the server says of it."""

    def _put_conn(self, conn: Any) -> None:
        if conn:
            conn.close()


class _Timely(HTTPResponse):
    """Has one time for all its reads: headers and bodies that drip would have it again for each."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Until(self.fp.detach(), sock))


class _Until(io.RawIOBase):
    """What a socket receives within the time that is set on it now."""

    def __init__(self, received: io.RawIOBase, sock: socket.socket) -> None:
        self._received = received
        self._sock = sock
        self._end = monotonic() + (sock.gettimeout() or 0)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._received.readinto(into)

    def close(self) -> None:
        self._received.close()
        super().close()


def _pool_classes(rules: Rules) -> dict[str, type[HTTPConnectionPool]]:
    """The name is resolved once, and what was checked is what is connected to: no second look-up can differ."""

    class Plain(HTTPConnection):
        response_class = _Timely

        def _new_conn(self) -> socket.socket:
            return _connect(self, rules)

    class Secure(HTTPSConnection):
        response_class = _Timely

        def _new_conn(self) -> socket.socket:
            return _connect(self, rules)

    class PlainPool(_Once, HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(_Once, HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _connect(connection: HTTPConnection, rules: Rules) -> socket.socket:
    found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    addresses = [str(place[0]) for *_, place in found]
    end = monotonic() + float(connection.timeout or 0)
    problem: OSError | None = None
    for address in addresses:
        if rules.admits(address, connection.host):
            try:
                return socket.create_connection((address, connection.port), max(end - monotonic(), _LEAST))
            except OSError as fault:
                problem = fault
    raise problem or NewConnectionError(connection, "the address behind the name is private and not listed")
