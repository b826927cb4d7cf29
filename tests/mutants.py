"""Do the tests notice? Small changes are made in services/, one at a time, each run against its package's own tests.

``make mutants`` takes a sample of N changes of each package (``N=15``), always the same one for a seed (``SEED=1``);
``ONLY=services/watch/verdict.py:40`` takes all whose place begins so, or so, with commas between.
The tree is copied first, nothing is changed in place. Of the package's tests only those are run that reach the
changed line: the others could not tell.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest
from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
OWN_TESTS = {
    "ingest": "unit/test_counting.py unit/test_reading_events.py unit/test_reports_of_one_resolution.py "
    "unit/test_json_text.py unit/test_webhook.py store/test_counts.py store/test_long_chats.py "
    "store/test_late_names.py "
    "store/test_reporters_agree.py api/test_events.py api/test_webhook_api.py api/test_webhook_groups.py",
    "contacts": "unit/test_contact_view.py unit/test_export.py unit/test_periods.py unit/test_time_zones.py "
    "api/test_contacts_api.py",
    "integrations": "unit/test_injixo_key.py api/test_keys.py api/test_integrations_api.py",
    "watch": "unit/watch unit/test_bundle.py unit/test_timeline.py store/test_watch.py store/test_fetching_back.py "
    "store/test_rhythm.py",
    "detector": "unit/detector",
    "probing": "unit/probing store/test_probe.py",
    "backfill": "unit/backfill store/test_backfill.py api/test_backfill_api.py",
    "sealing": "unit/sealing unit/test_trust.py store/test_sealing.py",
    "api": "api",
}
"""The packages of services/, and the tests that are theirs."""

LOADED_ONCE = (
    "pandas",
    "pyarrow",
    "duckdb",
    "fastapi",
    "starlette.testclient",
    "httpx",
    "cryptography",
)
QUIETLY = ["-q", "-n0", "-pno:cacheprovider", "-pno:schemathesis", "-pno:playwright", "-pno:randomly"]
TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.In: ast.NotIn,
    ast.And: ast.Or,
    ast.Add: ast.Sub,
    ast.Mult: ast.Div,
}
TURNED |= {after: before for before, after in TURNED.items()}


class Mutant(NamedTuple):
    file: str
    line: int
    source: str
    before: str
    after: str
    text: str
    reached_at: range

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def changed(node: ast.AST) -> ast.AST | None:
    """Return the node with one small change, None when there is none to make."""
    new = copy.deepcopy(node)
    match new:
        case ast.Compare(ops=[one]) if type(one) in TURNED:
            new.ops = [TURNED[type(one)]()]  # type: ignore[list-item]
        case ast.BoolOp() | ast.BinOp() if type(new.op) in TURNED:
            new.op = TURNED[type(new.op)]()  # type: ignore[assignment]
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return new.operand
        case ast.Constant(value=bool()):
            new.value = not new.value
        case ast.Constant(value=int() | float() as number):
            new.value = number + 1
        case _:
            return None
    return new


def mutants(file: str) -> Iterator[Mutant]:
    """Make every small change of a file; what only types and decorators say is left alone."""
    written = (ROOT / file).read_text(encoding="utf-8")
    tree, lines = ast.parse(written), written.splitlines()

    def inside(parent: ast.AST, reached_at: range) -> Iterator[Mutant]:
        for name, value in ast.iter_fields(parent):
            if name in ("annotation", "returns", "decorator_list", "format_spec"):
                continue
            for place, node in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(node, ast.AST):
                    continue
                here = lines_of(node) if isinstance(node, ast.stmt) else reached_at
                if (new := changed(node)) is not None:
                    holder = value if isinstance(value, list) else parent
                    put(holder, place if isinstance(value, list) else name, new)
                    text = ast.unparse(ast.fix_missing_locations(tree))
                    put(holder, place if isinstance(value, list) else name, node)
                    line = int(getattr(node, "lineno", 1))
                    yield Mutant(
                        file, line, lines[line - 1].strip(), ast.unparse(node), ast.unparse(new), text, here
                    )
                yield from inside(node, here)

    yield from inside(tree, range(1, 2))


def put(holder: object, place: int | str, node: ast.AST) -> None:
    if isinstance(holder, list):
        holder[int(place)] = node
    else:
        setattr(holder, str(place), node)


def lines_of(statement: ast.stmt) -> range:
    """Return the lines of a statement without the block that it heads."""
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(end, statement.lineno) + 1)


def copied_tree(folder: Path) -> Path:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def in_a_child(tree: Path, arguments: list[str], seconds: float, *, keep_bytecode: bool = False) -> bool:
    """Tell whether the tests pass, in a process that is forked before any of ours is loaded."""
    if (child := os.fork()) == 0:
        sys.dont_write_bytecode = not keep_bytecode
        signal.alarm(int(seconds))
        os.chdir(tree)
        sys.path[0] = str(tree)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        os._exit(int(pytest.main([*QUIETLY, *arguments])))
    return os.waitpid(child, 0)[1] == 0


def tests_by_line(tree: Path, package: str, tests: list[str]) -> tuple[CoverageData, float]:
    """Run a package's tests as they are; returns which of them reach which line, and the seconds they took."""
    began = time.monotonic()
    record = tree / f".coverage.{package}"
    os.environ["COVERAGE_FILE"] = str(record)
    if not in_a_child(
        tree,
        [f"--cov=services/{package}", "--cov-context=test", "--cov-report=", *tests],
        3600,
        keep_bytecode=True,
    ):
        sys.exit(f"the tests of services/{package} fail as they are: {' '.join(tests)}")
    data = CoverageData(str(record))
    data.read()
    return data, time.monotonic() - began


def is_noticed(tree: Path, mutant: Mutant, reaching: list[str], seconds: float) -> bool:
    target = tree / mutant.file
    before, was = target.read_bytes(), target.stat()
    target.write_text(mutant.text, encoding="utf-8")
    try:
        return not in_a_child(tree, ["-x", *reaching], seconds)
    finally:
        target.write_bytes(before)
        os.utime(target, ns=(was.st_atime_ns, was.st_mtime_ns))  # its bytecode is right again


def examine(tree: Path, package: str, few: list[Mutant]) -> int:
    """Try these mutants of a package, tell of the survivors, and return how many were noticed."""
    own = [f"tests/{path}" for path in OWN_TESTS[package].split()]
    data, seconds = tests_by_line(tree, package, own)
    noticed = 0
    for mutant in few:
        contexts = data.contexts_by_lineno(str(tree / mutant.file))
        reaching = sorted(
            {context.partition("|")[0] for line in mutant.reached_at for context in contexts.get(line, [])}
        )
        # A line may be reached once for all, behind a cache or in a shared fixture: survivors meet all the tests.
        rounds = [own] if "" in reaching else [reaching, own] if reaching else []
        if any(is_noticed(tree, mutant, some, 3 * seconds + 30) for some in rounds):
            noticed += 1
            continue
        told = "" if reaching else "   (no test of its own reaches it)"
        print(
            f"  {mutant.place}: {mutant.before}   ->   {mutant.after}   in   {mutant.source}{told}",
            flush=True,
        )
    print(f"{package}: {noticed} of {len(few)} noticed", flush=True)
    return noticed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=15, help="how many of each package")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="how the place (file:line) begins")
    parser.add_argument("--package", choices=OWN_TESTS, action="append", help="of this package alone")
    wish = parser.parse_args()
    for module in LOADED_ONCE:
        import_module(module)
    # The first example that fails is enough: making it smaller takes minutes.
    hypothesis.settings.register_profile(
        "hasty", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate]
    )
    hypothesis.settings.load_profile("hasty")
    noticed = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = copied_tree(Path(folder))
        for package in wish.package or OWN_TESTS:
            files = sorted((ROOT / "services" / package).glob("*.py"))
            every = [
                it
                for file in files
                for it in mutants(str(file.relative_to(ROOT)))
                if it.place.startswith(tuple(wish.only.split(",")))
            ]
            few = every if wish.only else random.Random(wish.seed).sample(every, min(wish.n, len(every)))
            if few:
                noticed += examine(tree, package, few)
                tried += len(few)
    print(f"{noticed} of {tried} noticed by the tests of their own package")


if __name__ == "__main__":
    main()
