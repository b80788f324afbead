"""How long a provider asks to wait is always a number that can be waited for."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from beai.core.suggest.privacy.local import is_loopback
from beai.core.suggest.worker.classify import kind_of
from beai.core.suggest.worker.order import Limits
from beai.core.suggest.worker.routes import Routes
from beai.core.suggest.worker.traffic import Traffic
from beai.core.suggest.worker.waits import LONGEST, asked_wait

QUOTA = "You exceeded your current quota, please check your plan and billing details."
INFO = json.dumps({"error": {"message": QUOTA, "details": [{"@type": "RetryInfo", "retryDelay": "1s"}]}})


@pytest.mark.parametrize(
    ("headers", "said", "seconds"),
    [
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after": "1e3"}, "", 1000.0),
        ({"retry-after-ms": "1500"}, "", 1.5),
        ({"retry-after-ms": "-5"}, "", 0.0),
        ({"retry-after-ms": "inf"}, "", LONGEST),
        ({"retry-after": "nan"}, "", None),
        ({"retry-after": "9" * 400}, "", LONGEST),
        ({"retry-after": "99999999999999"}, "", LONGEST),
        ({"retry-after": "Thu, 01 Jan 9999 00:00:00 GMT"}, "", LONGEST),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({}, "Please retry in 1.5s.", 1.5),
        ({}, "Please try again in 850ms.", 0.85),
        ({}, "Please try again in 1m2.5s.", 62.5),
        ({}, INFO, 1.0),
        ({}, "Retry whenever you like. retry", None),
        ({}, "", None),
    ],
)
def test_a_wait_is_finite_and_never_negative(headers: dict[str, str], said: str, seconds: float | None) -> None:
    assert asked_wait(headers, said) == seconds


@pytest.mark.parametrize(
    ("said", "kind"),
    [(QUOTA, "quota"), (f"{QUOTA} Please retry in 1.5s.", "rate"), (INFO, "rate"), (f"{QUOTA} retry in 9h", "quota")],
)
def test_a_quota_that_is_over_within_the_minute_is_a_rate_limit(said: str, kind: str) -> None:
    nobody: Any = None

    assert kind_of(nobody, RuntimeError(said), Traffic(Limits(), status=429)) == kind


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("LOCALHOST", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("[::ffff:127.0.0.1]", True),
        ("models.localhost", False),
        ("::ffff:8.8.8.8", False),
        ("0.0.0.0", False),
    ],
)
def test_a_host_that_is_this_computer_is_asked_past_every_proxy_and_no_other_is(host: str, here: bool) -> None:
    routes = Routes({"all_proxy": "http://proxy.invalid:3128"})
    address = httpx.URL("https://x/").copy_with(host=host.strip("[]"))

    assert is_loopback(host) is here
    assert routes.proxy(address) == ("" if here else "http://proxy.invalid:3128")


def test_an_empty_variable_in_lower_case_takes_a_proxy_away() -> None:
    address = httpx.URL("https://models.example/")

    assert Routes({"HTTPS_PROXY": "http://proxy.invalid"}).proxy(address) == "http://proxy.invalid"
    assert Routes({"HTTPS_PROXY": "http://proxy.invalid", "https_proxy": ""}).proxy(address) == ""
