"""The file: who may open it, what is on disk, and what is said when it is damaged."""

import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import duckdb
import pytest

from data.database import Database, StoreUnavailable, Transaction
from data.opening import DatabaseInUse, DatabaseMissing, DatabaseTooNew, DatabaseUnreadable
from data.queries import SQL_FOLDER, migrations, sql

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "stillwatch.duckdb"


def put(database: Database, *numbers: int) -> None:
    """One commit for each number."""
    for number in numbers:
        with database.transaction() as transaction:
            transaction.insert("chat", [(UUID(int=number), "i", "[]" * 20)])


def kept(database: Database) -> list[int]:
    return sorted(key.int for (key,) in database.rows("SELECT chat_key FROM chat"))


def crashed(path: Path, tmp_path: Path, *numbers: int) -> Path:
    """Return a copy of the files as they were while the process that wrote these commits was alive."""
    database = Database(path)
    put(database, *numbers)
    copy = tmp_path / "copy"
    shutil.copytree(path.parent, copy)
    database.close()
    return copy / path.name


def test_what_was_committed_is_there_after_a_restart(path: Path) -> None:
    database = Database(path)
    put(database, 1, 2)
    database.close()
    again = Database(path)
    assert kept(again) == [1, 2]
    assert again.lost_commits == 0
    again.close()


def test_what_was_committed_is_there_after_a_crash(path: Path, tmp_path: Path) -> None:
    database = Database(crashed(path, tmp_path, *range(20)))
    assert kept(database) == list(range(20))
    assert database.lost_commits == 0
    database.close()


def test_an_exception_undoes_the_whole_transaction(path: Path) -> None:
    database = Database(path)

    def half() -> None:
        with database.transaction() as transaction:
            transaction.insert("chat", [(UUID(int=1), "i", "[]")])
            raise KeyError

    with pytest.raises(KeyError):
        half()
    put(database, 2)
    assert kept(database) == [2]
    database.close()


def test_an_error_of_the_engine_undoes_it_too_and_the_next_transaction_works(path: Path) -> None:
    database = Database(path)
    put(database, 1)
    for _ in range(3):
        with pytest.raises(StoreUnavailable), database.transaction() as transaction:
            transaction.insert("chat", [(UUID(int=5), "i", "[]"), (UUID(int=1), "i", "[]")])
    put(database, 2)
    assert kept(database) == [1, 2]
    database.close()


def test_every_thread_reads_a_snapshot_while_another_writes(path: Path) -> None:
    database = Database(path)
    put(database, 1)
    seen: list[list[int]] = []
    with database.transaction() as transaction:
        transaction.insert("chat", [(UUID(int=2), "i", "[]")])
        reader = threading.Thread(target=lambda: seen.append(kept(database)))
        reader.start()
        reader.join()
    assert (seen, kept(database)) == ([[1]], [1, 2])
    database.close()


def test_another_process_is_told_who_has_the_file(path: Path) -> None:
    path.parent.mkdir()
    code = "import sys, duckdb; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(DatabaseInUse, match=rf"already in use by .*\(PID {holder.pid}\)"):
        Database(path)
    holder.communicate("")
    Database(path).close()


def test_a_newer_file_is_refused(path: Path) -> None:
    database = Database(path)
    database._engine.connection.execute("INSERT INTO schema_version VALUES (9999, now())")
    database.close()
    with pytest.raises(DatabaseTooNew, match=r"9999.*newer Stillwatch"):
        Database(path)


def test_migrations_are_numbered_without_a_hole_and_run_once(path: Path) -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    for _ in range(2):
        database = Database(path)
        assert [row[0] for row in database.rows("SELECT version FROM schema_version ORDER BY 1")] == numbers
        database.close()


def test_no_table_has_an_index_beside_its_primary_key(path: Path) -> None:
    database = Database(path)
    assert database.rows("SELECT table_name, index_name FROM duckdb_indexes()") == []
    tables = {name for (name,) in database.rows("SELECT table_name FROM duckdb_tables()")}
    keyed = {
        name
        for (name,) in database.rows(
            "SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
        )
    }
    # What these two hold once is what the chats' histories say once; tests/store/test_counts.py holds them to it.
    assert tables - keyed == {"contact", "contact_count"}
    unique = database.rows(
        "SELECT table_name, constraint_column_names FROM duckdb_constraints() WHERE constraint_type = 'UNIQUE'"
    )
    assert unique == [("contact", ["lone_chat"])]  # in place of the primary key of a chat that has no row
    database.close()


@pytest.mark.parametrize("content", [b"no database at all", b"\x00" * 20_000, os.urandom(20_000)])
def test_a_file_that_is_no_database_is_refused_in_words(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DatabaseUnreadable, match="cannot be opened"):
        Database(path)
    assert path.read_bytes() == content


def test_a_damaged_file_is_refused_in_words(path: Path) -> None:
    Database(path).close()
    content = bytearray(path.read_bytes())
    content[5000] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DatabaseUnreadable, match="cannot be opened"):
        Database(path)


def test_another_programs_database_is_refused_in_words(path: Path) -> None:
    path.parent.mkdir()
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE schema_version (name text)")
    with pytest.raises(DatabaseUnreadable, match="cannot be opened"):
        Database(path)


def test_a_place_that_cannot_hold_a_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "file" / "x.duckdb"):
        with pytest.raises(DatabaseUnreadable, match="cannot be opened"):
            Database(place)


def test_a_log_that_was_cut_off_keeps_what_came_before_and_counts_what_is_lost(
    path: Path, tmp_path: Path
) -> None:
    copy = crashed(path, tmp_path, *range(20))
    log = copy.with_name(copy.name + ".wal")
    os.truncate(log, log.stat().st_size // 2)
    damaged = Database(copy)
    found = kept(damaged)
    assert found == list(range(len(found)))
    assert 0 < damaged.lost_commits == 20 - len(found)
    assert damaged.last_commit_at is not None
    damaged.close()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_damaged_log_keeps_what_came_before_and_counts_what_is_lost(
    share: float, path: Path, tmp_path: Path
) -> None:
    copy = crashed(path, tmp_path, *range(40))
    log = copy.with_name(copy.name + ".wal")
    content = bytearray(log.read_bytes())
    content[int(share * len(content))] ^= 0xFF
    log.write_bytes(content)
    damaged = Database(copy)
    found = kept(damaged)
    assert found == list(range(len(found)))
    assert 0 < damaged.lost_commits == 40 - len(found)
    for backup in copy.parent.glob("*.wal.damaged-*"):  # unless the engine took the damage for the end
        assert backup.read_bytes() == bytes(content)
    put(damaged, 99)
    damaged.close()
    again = Database(copy)
    assert kept(again) == [*found, 99]
    assert again.lost_commits == 0
    again.close()


def everything_beside(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


@pytest.mark.parametrize("left", [b"", None])
def test_a_database_that_is_gone_from_beside_its_log_is_refused_and_its_log_is_kept(
    left: bytes | None, path: Path, tmp_path: Path
) -> None:
    copy = crashed(path, tmp_path, *range(20))
    gone = copy.rename(copy.with_name("elsewhere"))
    if left is not None:
        copy.write_bytes(left)
    before = everything_beside(copy)
    with pytest.raises(DatabaseMissing, match=r"duckdb\.wal.*Bring stillwatch\.duckdb back.*move .* away"):
        Database(copy)
    assert everything_beside(copy) == before
    gone.rename(copy)  # the way out
    again = Database(copy)
    assert (kept(again), again.lost_commits) == (list(range(20)), 0)
    again.close()


def test_a_database_that_is_gone_from_beside_its_witness_is_refused_until_that_is_moved_away(
    path: Path,
) -> None:
    database = Database(path)
    put(database, 1, 2)
    database.close()
    path.unlink()
    with pytest.raises(DatabaseMissing, match=r"stillwatch\.duckdb\.sequence"):
        Database(path)
    assert not path.exists()
    path.with_name(path.name + ".sequence").unlink()  # the way to an empty one
    empty = Database(path)
    assert (kept(empty), empty.lost_commits) == ([], 0)
    empty.close()


def modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


def test_nobody_else_can_read_the_database_its_log_its_witness_or_a_backup(path: Path) -> None:
    database = Database(path)
    log = path.with_name(path.name + ".wal")
    for number in range(3):  # the engine makes its log anew after every checkpoint
        put(database, number)
        assert log.exists()
        assert set(modes(path.parent).values()) == {0o600}
        database._engine.connection.execute("CHECKPOINT")
        assert not log.exists()
    database.back_up(path.parent / "backup.duckdb")
    assert modes(path.parent)["backup.duckdb"] == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    database.close()


def test_files_of_an_older_version_are_closed_to_others_when_they_are_opened(
    path: Path, tmp_path: Path
) -> None:
    copy = crashed(path, tmp_path, *range(20))
    damaged = copy.with_name(copy.name + ".wal.damaged-20260303T090000Z-1")
    damaged.write_bytes(b"an old log")
    for file in copy.parent.iterdir():
        file.chmod(0o644)
    database = Database(copy)
    assert set(modes(copy.parent).values()) == {0o600}
    database.close()


def test_a_witness_that_cannot_be_read_claims_nothing(path: Path) -> None:
    database = Database(path)
    put(database, 1)
    database.close()
    for content in (b"", b"rubbish", b"00000000000000000005", "ключ".encode()):
        path.with_name(path.name + ".sequence").write_bytes(content)
        again = Database(path)
        assert (again.lost_commits, kept(again)) == (0, [1])
        again.close()


def test_a_backup_can_be_made_while_the_file_is_in_use(path: Path, tmp_path: Path) -> None:
    database = Database(path)
    put(database, 1, 2)
    target = tmp_path / "it's a backup.duckdb"
    database.back_up(target)
    put(database, 3)
    database.close()
    copy = Database(target)
    assert kept(copy) == [1, 2]
    copy.close()


def test_times_come_back_as_instants_in_utc(path: Path) -> None:
    database = Database(path)
    at = datetime(2026, 3, 29, 1, 30, 0, 123_456, UTC)
    with database.transaction() as transaction:
        transaction.upsert("watch", [("i", at, "", "", at)])
    ((found,),) = database.rows("SELECT since FROM watch")
    assert (found, found.utcoffset()) == (at, at.utcoffset())
    database.close()


def test_the_time_zone_of_the_machine_shows_nowhere(path: Path) -> None:
    code = """
import sys
from pathlib import Path
from data.database import Database
database, query = Database(Path(sys.argv[1])), "SELECT applied_at FROM schema_version WHERE version = 1"
((read,),) = database.rows(query)
with database.transaction() as transaction:
    ((written,),) = transaction.rows(query)
print(read.tzname(), written.tzname(), database.frame(query)["applied_at"].dt.tz)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        env=os.environ | {"TZ": "Asia/Kolkata"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("UTC UTC UTC\n", "")


def test_nothing_from_outside_can_be_loaded(path: Path) -> None:
    database = Database(path)
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        assert database.rows(f"SELECT current_setting('{setting}')") == [(False,)]
    database.close()


def test_every_query_is_used_and_says_nothing_that_only_duckdb_knows() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*.py"))
    names = sorted(file.stem for file in SQL_FOLDER.glob("*.sql"))
    assert len(names) > 10
    for name in names:
        assert f'"{name}"' in code, f"{name}.sql is never used"
        text = sql(name).lower()
        for foreign in ("time_bucket", "date_bin", "arg_max", "list(", "group by all", "asof", "qualify"):
            assert foreign not in text, f"{name}.sql: {foreign}"


def test_a_look_up_by_many_keys_finds_each_once(path: Path) -> None:
    database = Database(path)
    rows = [(UUID(int=number), "i", "[]") for number in range(2500)]

    def look_up(transaction: Transaction) -> int:
        found = transaction.rows_by_key("chat", "chat_key", [key for key, *_ in rows] + [UUID(int=9999)])
        assert sorted(found) == sorted(rows)
        for some in (1, 4, 5, 11, 63, 65, 101, 499, 999):
            assert (
                sorted(transaction.rows_by_key("chat", "chat_key", [key for key, *_ in rows[:some]]))
                == rows[:some]
            )
        return len(transaction.rows_by_key("chat", "chat_key", []))

    with database.transaction() as transaction:
        transaction.insert("chat", rows)
        assert look_up(transaction) == 0
    database.close()


def test_a_query_that_fails_spoils_no_other_threads_reading(path: Path) -> None:
    database = Database(path)
    answers: list[object] = []

    def read(number: int) -> None:
        try:
            answers.append(
                database.rows("SELECT CAST($text AS INTEGER)", text="7" if number % 2 else "seven")
            )
        except StoreUnavailable as error:
            answers.append(type(error))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count([(7,)]) == answers.count(StoreUnavailable) == 20
    assert database.rows("SELECT 1") == [(1,)]
    database.close()
