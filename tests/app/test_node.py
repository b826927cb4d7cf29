"""The app's own tests, in Node's runner, with the coverage that the vendor's review asks for."""

import subprocess
from pathlib import Path

import pytest

from tests.node import NODE
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
LEAST_COVERAGE = 0.8  # Freshworks' review


@pytest.fixture(scope="module")
def lcov(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Run the tests of injixo_app/ and return their coverage as LCOV."""
    report = tmp_path_factory.mktemp("coverage") / "lcov.info"
    tests = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "injixo_app/test").glob("*.test.js"))
    reporters = ["--test-reporter=spec", "--test-reporter-destination=stdout"]
    reporters += ["--test-reporter=lcov", f"--test-reporter-destination={report}"]
    done = subprocess.run(
        [NODE, "--test", "--experimental-test-coverage", *reporters, *tests],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file",
    ["server/server.js", "config/assets/checks.js", "config/assets/texts.js", "config/assets/iparams.js"],
)
@pytest.mark.parametrize(("found", "hit"), [("LF", "LH"), ("BRF", "BRH"), ("FNF", "FNH")])
def test_the_app_is_covered_by_its_tests(lcov: str, file: str, found: str, hit: str) -> None:
    (record,) = [part for part in lcov.split("end_of_record") if f"SF:injixo_app/{file}\n" in part]
    counts = dict(line.split(":", 1) for line in record.splitlines() if line.startswith((found, hit)))
    assert int(counts[hit]) / int(counts[found]) >= LEAST_COVERAGE


def test_every_source_of_the_app_is_measured(lcov: str) -> None:
    sources = {
        path.relative_to(ROOT).as_posix()
        for folder in ("server", "config")
        for path in (ROOT / "injixo_app" / folder).rglob("*.js")
    }
    measured = {line.removeprefix("SF:") for line in lcov.splitlines() if line.startswith("SF:")}
    assert sources <= measured
