"""What the detector reads of all integrations at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.database import Database
from data.learning import counts_of_all

FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
COLUMNS = "integration_id, queue, interval_start, contacts, first_contacts, pushed_contacts"


def test_the_counts_of_all_integrations_come_in_one_table(tmp_path: Path) -> None:
    database = Database(tmp_path / "stillwatch.duckdb")
    with database.transaction() as transaction:
        for integration, hour, contacts in (("b", 0, 2), ("a", 0, 3), ("a", 1, 0), ("a", 2, 5), ("c", 1, 7)):
            transaction.run(
                f"INSERT INTO contact_count ({COLUMNS}) VALUES ($id, 'Sales', $start, $n, $n, $n)",
                id=integration,
                start=FIRST + timedelta(hours=hour),
                n=contacts,
            )
    found = counts_of_all(database, start=FIRST, end=FIRST + timedelta(hours=2))
    assert list(zip(found["integration_id"], found["contacts"], strict=True)) == [
        ("a", 3),
        ("b", 2),
        ("c", 7),
    ]
    assert found["interval_start"][0] == FIRST
    some = counts_of_all(database, start=FIRST, end=FIRST + timedelta(hours=2), first="b", last="c")
    assert list(some["integration_id"]) == ["b", "c"]
    database.close()
