"""Which SMART scopes make a search incomplete without the server saying so."""

from __future__ import annotations

import pytest

from cds_service.fhir.scopes import shows_part


@pytest.mark.parametrize(
    ("scope", "part"),
    [
        ("", False),
        ("launch openid fhirUser", False),
        ("patient/*.read", False),
        ("patient/Observation.rs user/Condition.rs", False),
        ("patient/Observation.rs?category=laboratory", True),
        ("launch patient/Observation.rs?category=a patient/Observation.rs?category=b", True),
        ("patient/*.rs?_tag=x", True),
        ("patient/Observation.rs?category=laboratory patient/Observation.s", False),
        ("patient/Observation.rs?category=laboratory user/*.*", False),
        ("patient/Observation.rs?category=laboratory patient/Observation.r", True),
        ("patient/Observation.rs?category=laboratory patient/Observation.write patient/x", True),
        ("patient/Observation.r?category=laboratory", False),
        ("patient/Condition.rs?category=problem-list-item", False),
    ],
)
def test_a_token_that_shows_results_only_under_a_filter_shows_part_of_them(scope: str, part: bool) -> None:
    """To `write` is not to search."""
    assert shows_part(scope, "Observation") is part
