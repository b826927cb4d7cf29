"""Downloads that outlive the refreshing of the page.

When a script has ended, of whatever reader, Streamlit 1.67 drops at once what the buttons would have made that were
drawn anew meanwhile, and at the next end the files that nobody shows: a click in between fails with its "Failed to
generate file for download", and on a busy server the browser finds no file. Here both stay for a while.
"""

from time import monotonic

from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager

KEPT_SECONDS = 20.0
"""Shorter than this nothing is dropped; longer than twice this, what nobody shows is gone."""


class PatientFiles(MediaFileManager):
    """Looks for what nobody shows only now and then, and drops what it has found before."""

    _looked_at = float("-inf")
    _leaving: frozenset[str] = frozenset()

    def remove_orphaned_files(self) -> None:
        now = monotonic()
        if now - self._looked_at >= KEPT_SECONDS:
            self._looked_at = now
            super().remove_orphaned_files()

    def _remove_orphaned_deferred_callables(self) -> None:
        shown = {
            file_id for places in self._files_by_session_and_coord.values() for file_id in places.values()
        }
        unshown = frozenset(self._deferred_callables) - shown
        for file_id in unshown & self._leaving:
            self._drop_deferred_id(file_id)
        self._leaving = unshown - self._leaving


def keep_downloads() -> None:
    """Have the running Streamlit keep them."""
    files = runtime.get_instance().media_file_mgr if runtime.exists() else None
    if type(files) is MediaFileManager:
        files.__class__ = PatientFiles  # it is made long before our pages are read
