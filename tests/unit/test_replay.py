"""The replay: other people's recordings, walked through as if they were live."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from bench.recordings import read_counts
from bench.replay import main

OPEN_HOURS = np.arange(8 * 4, 18 * 4)  # quarter hours of a local day


def recorded(days: int, *, per_hour: float = 40, first: str = "2025-01-06", seed: int = 1) -> pd.Series:
    """Return the local instants of contacts that come every day from 8 to 18 h."""
    rng = np.random.default_rng(seed)
    contacts = rng.poisson(per_hour / 4, (days, len(OPEN_HOURS)))
    day, place = np.nonzero(contacts)
    often = contacts[day, place]
    starts = np.repeat(day * 86_400 + OPEN_HOURS[place] * 900, often)
    seconds = np.sort(starts + rng.integers(0, 900, len(starts)))
    return pd.Series(pd.Timestamp(first) + pd.to_timedelta(seconds, unit="s"))


def replay(
    path: Path, capsys: pytest.CaptureFixture[str], *options: str, zone: str = "Europe/Berlin"
) -> tuple[list[dict[str, object]], dict[str, object]]:
    assert main([str(path), "--time-zone", zone, *options]) == 0
    *alarms, totals = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert totals["alarms"] == len(alarms)
    return alarms, totals


def silenced(stamps: pd.Series, start: str, end: str) -> pd.Series:
    return stamps[(stamps < start) | (stamps >= end)]


def test_an_outage_is_one_alarm_soon_after_it_began(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.csv"
    silenced(recorded(45), "2025-02-12 10:00", "2025-02-13 15:00").to_frame("ts").to_csv(path, index=False)
    (alarm,), totals = replay(path, capsys)
    assert alarm["kind"] == "silence"
    assert alarm["queue"] is None
    assert alarm["received"] == 0
    assert "2025-02-12T09:10" < str(alarm["at"]) < "2025-02-12T10:00"
    assert "2025-02-12T08:45" < str(alarm["since"]) <= "2025-02-12T09:00:00+00:00"
    assert totals["days_watched"] == 30


def test_events_and_counts_of_any_make_tell_the_same_story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stamps = silenced(recorded(40), "2025-02-10 11:00", "2025-02-11 09:00")
    found = []
    for minutes in (5, 15, 30, 60):
        path = tmp_path / f"{minutes}.csv"
        counts = stamps.dt.floor(f"{minutes}min").value_counts().sort_index()
        frame = pd.DataFrame({"site": "x", "n": counts.to_numpy(dtype=float), "ts": counts.index})
        frame.to_csv(path, index=False)
        alarms, totals = replay(path, capsys)
        assert totals["contacts"] == len(stamps)
        found.append([(alarm["kind"], str(alarm["at"])[:11]) for alarm in alarms])
    assert found == [[("silence", "2025-02-10T")]] * 4


def test_hourly_counts_are_no_silences_inside_the_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = recorded(90, per_hour=120).dt.floor("60min").value_counts().sort_index()
    path = tmp_path / "hourly.csv"
    pd.DataFrame({"ts": counts.index, "n": counts.to_numpy()}).to_csv(path, index=False)
    alarms, _ = replay(path, capsys)
    assert alarms == []


def test_a_lost_queue_is_named_and_the_total_is_not_blamed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sales, support = recorded(50, seed=2), recorded(50, per_hour=12, seed=3)
    support = support[support < "2025-02-17 12:00"]
    frame = pd.concat(
        [sales.to_frame("ts").assign(team="Sales"), support.to_frame("ts").assign(team="Support")]
    )
    frame.sort_values("ts").to_csv(tmp_path / "q.csv", index=False)
    alarms, totals = replay(tmp_path / "q.csv", capsys, "--queue-column", "team")
    assert [(alarm["queue"], alarm["kind"]) for alarm in alarms] == [("Support", "silence")]
    assert totals["queues"] == 2


def test_instants_with_an_offset_need_no_zone_to_be_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stamps = silenced(recorded(40), "2025-02-10 11:00", "2025-02-11 09:00")
    aware = stamps.dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC")
    found = []
    for name, text in {
        "local": stamps.astype(str),
        "z": aware.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "utc": aware.dt.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "short": aware.dt.strftime("%Y-%m-%d %H:%M:%S+00"),
        "offset": aware.dt.tz_convert("Asia/Kolkata").map(lambda stamp: stamp.isoformat()),
    }.items():
        pd.DataFrame({"ts": text}).to_csv(tmp_path / f"{name}.csv", index=False)
        found.append(replay(tmp_path / f"{name}.csv", capsys))
    assert all(other == found[0] for other in found)


def test_a_change_of_daylight_saving_time_is_no_alarm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spring.csv"
    recorded(84, per_hour=60, first="2025-02-17").to_frame("ts").to_csv(path, index=False)
    assert replay(path, capsys)[0] == []


def test_both_halves_of_the_doubled_hour_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "autumn.csv"
    path.write_text("ts,n\n2025-10-26 02:00,1\n2025-10-26 02:30,2\n2025-10-26 02:00,3\n2025-10-26 02:30,4\n")
    counts = read_counts(path, ZoneInfo("Europe/Berlin"), None)
    by_hour = counts.groupby(counts["interval_start"].dt.hour)["contacts"].sum()
    assert by_hour.to_dict() == {0: 3, 1: 7}  # UTC


def test_a_time_that_never_was_moves_on(tmp_path: Path) -> None:
    path = tmp_path / "gap.csv"
    path.write_text("ts\n2025-03-30 02:30\n")
    counts = read_counts(path, ZoneInfo("Europe/Berlin"), None)
    assert str(counts["interval_start"][0]) == "2025-03-30 01:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        (None, (), "cannot read"),
        ("", (), "cannot read"),
        ("when,n\n2025-01-01,1\n", (), "no column 'ts'"),
        ("ts,n\n2025-01-01 10:00,1\nyesterday,2\n", (), "line 3: 'yesterday' is no time"),
        ("ts,n\n2025-01-01 10:00,1\n0025-01-01 11:00,2\n", (), "line 3: '0025-01-01 11:00' is no time"),
        ("ts,n\n2025-01-01 10:00,1\n2025-01-01 10:05,few\n", (), "line 3: 'few' is no count"),
        ("ts,n\n2025-01-01 10:00,-4\n", (), "line 2: '-4' is no count"),
        ("ts\n2025-01-01 10:00\n", ("--queue-column", "team"), "no column 'team'"),
        ("ts\n2025-01-01 10:00\n", ("--holidays", "XX"), "no holidays known for 'XX'"),
        ("ts\n2025-01-01 10:00\n", ("--time-zone", "Europe/Atlantis"), "unknown time zone"),
    ],
)
def test_unusable_input_is_one_line_and_exit_code_2(
    text: str | None,
    options: tuple[str, ...],
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "bad.csv"
    if text is not None:
        path.write_text(text)
    assert main([str(path), "--time-zone", "UTC", *options]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert complaint in output.err
    assert output.err.count("\n") == 1


def test_a_recording_without_contacts_has_no_alarms(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("ts,n\n")
    assert replay(path, capsys)[0] == []
