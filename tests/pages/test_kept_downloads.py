"""A click on a download that meets the refreshing of the page gets its file."""

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages.parts import kept_downloads
from pages.parts.kept_downloads import KEPT_SECONDS, PatientFiles

PLACE = "1.2"


@pytest.fixture
def files() -> PatientFiles:
    made = MediaFileManager(MemoryMediaFileStorage("/media"))
    made.__class__ = PatientFiles
    assert isinstance(made, PatientFiles)
    return made


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of the monotonic clock, to be advanced."""
    clock = [1000.0]
    monkeypatch.setattr(kept_downloads, "monotonic", lambda: clock[0])
    return clock


def drawn(files: PatientFiles, content: str) -> str:
    """Draw the button anew, as a refresh does, and end the script; return what a click on it asks for."""
    asked = files.add_deferred(lambda: content, "text/csv", PLACE, "contacts.csv")
    files.remove_orphaned_files()
    return asked


def test_a_button_that_was_drawn_anew_gives_its_file_to_a_click_on_its_way(
    files: PatientFiles, passed: list[float]
) -> None:
    clicked = drawn(files, "one")
    for _ in range(3):
        passed[0] += KEPT_SECONDS / 4
        drawn(files, "two")
    assert read(files, files.execute_deferred(clicked)) == b"one"
    passed[0] += KEPT_SECONDS
    drawn(files, "three")  # a look that finds it unshown for the first time
    assert read(files, files.execute_deferred(clicked)) == b"one"


def test_what_nobody_shows_any_more_is_dropped_in_the_end(files: PatientFiles, passed: list[float]) -> None:
    clicked = drawn(files, "one")
    for _ in range(3):
        passed[0] += KEPT_SECONDS
        drawn(files, "two")
    with pytest.raises(MediaFileStorageError):
        files.execute_deferred(clicked)
    assert len(files._deferred_callables) <= 3


def test_a_file_that_was_made_stays_while_scripts_of_others_end(
    files: PatientFiles, passed: list[float]
) -> None:
    made = files.execute_deferred(drawn(files, "one"))
    for _ in range(10):
        files.remove_orphaned_files()
    assert read(files, made) == b"one"


def test_the_button_that_is_shown_works_for_as_long_as_it_is_shown(
    files: PatientFiles, passed: list[float]
) -> None:
    clicked = drawn(files, "one")
    for _ in range(5):
        passed[0] += 2 * KEPT_SECONDS
        files.remove_orphaned_files()
    assert read(files, files.execute_deferred(clicked)) == b"one"


def read(files: PatientFiles, url: str) -> bytes:
    found = files.read_file(url.rsplit("/", 1)[-1].split(".")[0])
    assert found is not None
    return found.content
