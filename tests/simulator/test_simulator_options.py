"""The simulator's options: what cannot be is refused in one line that names the option."""

from datetime import timedelta

import pytest

from simulator.__main__ import arguments, make


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--port", ["99999", "-1", "nan", "1e3", ""]),
        ("--download-port", ["70000", "x"]),
        ("--days", ["-3", "1e9", "nan", "x"]),
        ("--per-day", ["-5", "inf"]),
        ("--heartbeat-seconds", ["0", "nan"]),
        ("--shift-hours", ["x", "1e99", "nan"]),
        ("--target", ["nonsense", "ftp://127.0.0.1", "http://", "http://[::1"]),
    ],
)
def test_an_option_that_cannot_be_is_named_in_one_line(
    option: str, values: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for value in values:
        with pytest.raises(SystemExit):
            arguments().parse_args([f"{option}={value}"])
        *_, last = capsys.readouterr().err.splitlines()
        assert f"argument {option}: {value!r} is no " in last


def test_without_options_there_is_an_account() -> None:
    options = arguments().parse_args(["--days=1", "--shift-hours=-2.5", "--target=http://127.0.0.1:8501"])
    assert (options.port, options.download_port, options.shift_hours) == (0, 0, -2.5)
    assert make(options).account.token
    assert arguments().parse_args(["--shift-hours=auto"]).shift_hours is None


def test_the_rhythm_can_be_that_of_another_year() -> None:
    """So that a test has the same Wednesday on whatever day it runs."""
    year = 366 * 24
    for hours in (-10 * year, 10 * year):
        options = arguments().parse_args([f"--shift-hours={hours}", "--days=1"])
        assert make(options).account.world.shift == timedelta(hours=hours)
