"""The README keeps up with the code: every setting stands in its table, with its default, and no other."""

import re
from pathlib import Path

from services.settings import PREFIX, Settings

README = Path(__file__).resolve().parents[2] / "README.md"
ROW = re.compile(r"^\|\s*`(STILLWATCH_[A-Z_]+)`\s*\|(.*)\|\s*$", re.MULTILINE)


def settings_table() -> dict[str, str]:
    """The rest of each setting's row, by its name."""
    return dict(ROW.findall(README.read_text(encoding="utf-8")))


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    assert set(settings_table()) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_the_table_gives_every_default() -> None:
    rows = settings_table()
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            written = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
            assert written in rows[f"{PREFIX}{name.upper()}"], name
