"""A FHIR R4 server that others wrote holds the patients: the cards are those of the prefetch.

Asks the cases in which something is said; those in which a recommendation is silent are like them but for one fact, and
`test_parity` asks them of a server in the process.

Needs the environment that `make test` sets up beside the service's own (sekmet-fhir); without it they are skipped.
"""

from __future__ import annotations

import copy
import itertools
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import requests

from cds_service.answer import answer
from cds_service.cases.pages import Case
from cds_service.errors import DataMissing
from cds_service.fhir.server import connected
from cds_service.hooks.templates import searches_of
from cds_service.json_bytes import encode
from cds_service.outbound import Outbound, Rules
from tests.asked import GUIDELINE, NOW, SERVICES, answered, name_of
from tests.conftest import FIXTURES
from tests.faulty import TOKEN, Resource
from tests.test_parity import CALLS as COMPARED
from tests.test_parity import read, resources_of

SERVER = Path(os.environ.get("NENCDS_TEST_FHIR_SERVER", FIXTURES.parent / ".venv-fhir-server" / "bin" / "sekmet"))
_LONGEST = 56
# A search by code looks at the result, not at its components: this NSE stands in a panel that has only words.
IN_A_PANEL = "vignettes/V63-net-on-dialysis-with-an-nse-of-22/chart"
OUTBOUND = Outbound(Rules(development=True), 16 * 1024 * 1024)

pytestmark = [
    pytest.mark.every_case,
    pytest.mark.skipif(not SERVER.exists(), reason="no FHIR server here: make test installs one"),
]


CALLS = [case for case in COMPARED if not case.short_name.startswith("silent--")]


def numbered(case: Case) -> Resource:
    """The call of a fixture with ids that no other fixture has."""
    mark = f"f{CALLS.index(case)}-"
    call = read(case)
    call["context"]["patientId"] = mark + call["context"]["patientId"][:_LONGEST]
    call["prefetch"] = {key: _marked(value, mark) for key, value in (call.get("prefetch") or {}).items()}
    return call


def _marked(value: Any, mark: str) -> Any:
    """Ids and the references to them, cut to what the server takes; what points outside the chart stays."""
    if isinstance(value, list):
        return [_marked(item, mark) for item in value]
    if not isinstance(value, dict):
        return value
    marked = {name: _marked(member, mark) for name, member in value.items()}
    if "resourceType" in value and "id" in value and value["resourceType"] != "Bundle":
        marked["id"] = mark + value["id"][:_LONGEST]
    target = value.get("reference")
    if isinstance(target, str) and target.count("/") == 1:
        kind, _, id_ = target.partition("/")
        marked["reference"] = f"{kind}/{mark}{id_[:_LONGEST]}"
    return marked


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("fhir-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/fhir"
    settings = {
        "base_url": url,
        "host": "127.0.0.1",
        "port": port,
        "data_dir": str(folder),
        "validation": {"inbound": "off"},
        "simulator": {"enabled": False},
        "server_auth": {"types": ["bearer"], "tokens": [TOKEN]},
        "log_inbound": False,
    }
    (folder / "settings.yaml").write_text(json.dumps(settings), encoding="utf-8")
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(  # noqa: S603 - a server of the test environment
            [
                str(SERVER),
                "serve",
                "--config",
                str(folder / "settings.yaml"),
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
            ],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(f"{url}/metadata", running)
        for case in CALLS:
            _load(url, numbered(case))
        yield url
    finally:
        running.terminate()
        running.wait(10)


def _wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if running.poll() is not None:
            raise RuntimeError("the FHIR server ended before it began")
        try:
            requests.get(url, timeout=1)
        except requests.ConnectionError:
            sleep(0.2)
        else:
            return
    raise RuntimeError("the FHIR server does not listen")


def _load(url: str, call: Resource) -> None:
    entries = [
        {"resource": resource, "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"}}
        for resource in resources_of(call)
    ]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    reply = requests.post(url, json=bundle, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    failed = [entry for entry in reply.json().get("entry", []) if not entry["response"]["status"].startswith("20")]
    assert reply.ok, reply.text
    assert not failed


def through(base: str, call: Resource) -> Resource:
    numbers = itertools.count(1)
    bare = {**call, "prefetch": {}, "fhirServer": base, "fhirAuthorization": {"access_token": TOKEN}}
    made = answer(
        json.dumps(bare).encode(),
        SERVICES[call["hook"]],
        GUIDELINE,
        NOW,
        lambda: f"00000000-0000-4000-8000-{next(numbers):012d}",
        lambda url, token: connected(url, token, OUTBOUND, 20),
    )
    body: Resource = json.loads(encode(made.body))
    return body


def searched(call: Resource) -> Resource:
    """The call as a client sends it that made every search, and found nothing where the fixture says nothing."""
    whole = copy.deepcopy(call)
    for key, query in searches_of(SERVICES[call["hook"]]).items():
        if "?" in query and not whole["prefetch"].get(key):
            whole["prefetch"][key] = {"resourceType": "Bundle", "type": "searchset", "total": 0}
    return whole


@pytest.mark.parametrize("case", [case for case in CALLS if name_of(case) != IN_A_PANEL], ids=name_of)
def test_the_cards_are_those_of_the_prefetch(case: Case, base: str) -> None:
    call = numbered(case)
    assert through(base, call) == answered(searched(call))


def test_a_wrong_token_is_412(base: str) -> None:
    call = numbered(CALLS[0])
    call |= {"prefetch": {}, "fhirServer": base, "fhirAuthorization": {"access_token": "other"}}
    with pytest.raises(DataMissing, match="the FHIR server answered 401"):
        answer(
            json.dumps(call).encode(),
            SERVICES[call["hook"]],
            GUIDELINE,
            NOW,
            lambda: "",
            lambda url, token: connected(url, token, OUTBOUND, 20),
        )
