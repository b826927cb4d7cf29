"""A finding is told with its own figures."""

from datetime import UTC, datetime

import pytest

from services.translation import Words
from services.watch.evidence_words import finding_sentence
from services.watch.findings import Finding

SINCE = datetime(2026, 3, 3, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Freshchat resolved 1,200 chats since Tue 3 Mar, 09:05, 7 of them arrived here."),
        (
            "de",
            "In Freshchat wurden seit Di. 03.03., 09:05 1.200 Chats gelöst, 7 davon sind hier angekommen.",
        ),
    ],
)
def test_what_freshchat_resolved_stands_beside_what_arrived(language: str, told: str) -> None:
    finding = Finding("probe", "confirmed_loss", "queue_gone", SINCE, expected=1200.0, received=7)
    assert finding_sentence(finding, Words(language, "Europe/Berlin")) == told
