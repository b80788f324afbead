"""What a provider's trouble is called names what a person can do about it, and when."""

from __future__ import annotations

from datetime import datetime

import pytest

from beai.core.suggest.model.trouble import told
from beai.core.suggest.privacy.local import elsewhere

NOW = datetime(2026, 11, 26, 19, 50)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("75", "asks to wait 75 seconds."),
        ("600", "asks to wait 10 minutes, until 20:00."),
        ("8100", "asks to wait 2 hours 15 minutes, until 22:05."),
        ("18000", "asks to wait 5 hours, until tomorrow 00:50."),
        ("86400", "asks to wait 24 hours, until tomorrow 19:50."),
        ("259200", "asks to wait 3 days, until 2026-11-29 19:50."),
        ("9e99", "asks to wait more than a year."),
        ("inf", "asks to wait more than a year."),
        ("soon", "asks to wait soon seconds."),
    ],
)
def test_a_wait_is_told_as_a_person_counts_it(seconds: str, said: str) -> None:
    assert said in told("m", "rate-long", seconds, NOW).summary


def test_a_little_is_waited_only_where_it_is_little() -> None:
    assert "Wait a little" in told("m", "rate-long", "75", NOW).remedy
    assert told("m", "overloaded-long", "86400", NOW).remedy == "Try again then, or choose another model."


def test_a_remedy_is_one_on_the_command_line_too() -> None:
    assert "beai model use" in elsewhere("m").remedy
