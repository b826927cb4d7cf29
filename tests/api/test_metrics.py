"""The metrics: each is described in docs/metrics.md, and the example rules ask for no other."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from data.integrations import Integration
from services.api.metrics import SystemCollector
from services.system import StoreUnavailable, System
from services.watch.watcher import Watcher
from tests.conftest import Clock
from tests.receivers import Hook
from tests.store.failing import refusing

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROW = re.compile(r"^\| `(stillwatch_\w+)` \| ([\w, ]*) ?\|", re.MULTILINE)
NAME = re.compile(r"\bstillwatch_\w+")
OF_A_COUNTER_OR_SUMMARY = re.compile(r"_(total|sum|count)$")


def families(system: System) -> list[Metric]:
    return list(SystemCollector(system).collect())


def test_the_document_describes_every_metric_with_its_labels(system: System) -> None:
    described = {
        name: tuple(label for label in labels.replace(" ", "").split(",") if label)
        for name, labels in ROW.findall((DOCS / "metrics.md").read_text(encoding="utf-8"))
    }
    assert described == {family.name: tuple(family._labelnames) for family in families(system)}  # type: ignore[attr-defined]


def test_the_example_rules_are_rules_and_ask_for_metrics_that_there_are(system: System) -> None:
    known = {family.name for family in families(system)}
    (group,) = yaml.safe_load((DOCS / "alert-rules.yml").read_text(encoding="utf-8"))["groups"]
    assert len(group["rules"]) > 5
    names = [rule["alert"] for rule in group["rules"]]
    assert len(names) == len(set(names))
    for rule in group["rules"]:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["annotations"]["summary"]
        assert re.fullmatch(r"\d+[smhd]", rule.get("for", "1m"))
        assert rule["expr"].count("(") == rule["expr"].count(")")
        asked = {OF_A_COUNTER_OR_SUMMARY.sub("", name) for name in NAME.findall(rule["expr"])}
        assert asked <= known, rule["alert"]
        assert asked or rule["expr"].startswith("up")


@pytest.fixture
def samples(api: TestClient) -> Callable[[], dict[tuple[str, str], float]]:
    """Return the value of every sample, by its name and its last label."""

    def ask() -> dict[tuple[str, str], float]:
        return {
            (sample.name, list(sample.labels.values())[-1] if sample.labels else ""): sample.value
            for family in text_string_to_metric_families(api.get("/metrics").text)
            for sample in family.samples
        }

    return ask


def test_commits_are_timed_and_refused_changes_counted(
    samples: Callable[[], dict[tuple[str, str], float]],
    system: System,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = samples()
    system.writer.write(lambda _: None)
    after = samples()
    count = "stillwatch_commit_seconds_count", ""
    assert after[count] > before[count]
    assert after["stillwatch_commit_seconds_sum", ""] > before["stillwatch_commit_seconds_sum", ""]
    with refusing(monkeypatch), pytest.raises(StoreUnavailable):
        system.writer.write(lambda _: None)
    failing = samples()
    assert (
        failing["stillwatch_writer_failures_total", ""] == before["stillwatch_writer_failures_total", ""] + 1
    )
    assert failing["stillwatch_writer_failing", ""] == 1
    system.writer.write(lambda _: None)
    assert samples()["stillwatch_writer_failing", ""] == 0


def test_the_watcher_tells_how_late_it_is(
    samples: Callable[[], dict[tuple[str, str], float]], system: System, clock: Clock
) -> None:
    assert ("stillwatch_watcher_lag_seconds", "") not in samples()
    Watcher(system).tick()
    clock.advance(seconds=90)
    assert samples()["stillwatch_watcher_lag_seconds", ""] == 90


def test_a_verdict_from_before_the_start_is_told_no_more(
    system: System, integration: Integration, clock: Clock
) -> None:
    def told() -> set[str]:
        (flow,) = (family for family in families(system) if family.name == "stillwatch_data_flow")
        return {sample.labels["state"] for sample in flow.samples}

    Watcher(system).tick()
    assert told() == {"waiting"}
    clock.advance(minutes=1)
    system.awake_since = system.started_at = clock()  # again: the first turn may take minutes
    assert told() == {"unknown"}
    Watcher(system).tick()
    assert told() == {"waiting"}
    system.started_at = clock() + timedelta(days=2)  # by a clock that was wrong then
    clock.advance(minutes=1)
    assert told() == {"waiting"}


def test_notifications_are_counted_by_channel_and_state(
    samples: Callable[[], dict[tuple[str, str], float]],
    admin: Callable[..., Any],
    integration: Integration,
    hook: Hook,
) -> None:
    made = admin("POST", "/channels", json={"name": "Hook", "url": hook.url}).json()
    admin("POST", f"/channels/{made['id']}/test")
    hook.status = 500
    admin("POST", f"/channels/{made['id']}/test")
    found = samples()
    assert found["stillwatch_notifications", "sent"] == 1
    assert found["stillwatch_notifications", "given_up"] == 1
    assert found["stillwatch_channel_failing", "Hook"] == 1


def test_the_version_stands_in_metrics_health_and_the_document_of_the_api(
    samples: Callable[[], dict[tuple[str, str], float]], api: TestClient
) -> None:
    version = api.get("/api/health").json()["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", version)
    assert samples()["stillwatch_info", version] == 1
    assert api.get("/api/openapi.json").json()["info"]["version"] == version
