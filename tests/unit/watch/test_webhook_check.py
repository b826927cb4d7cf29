"""Whether the webhook was refused lately: what happened last decides."""

from datetime import UTC, datetime, timedelta

import pytest

from services.watch.webhook_check import RefusedDeliveries, WebhookCheck

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("accepted_at", "refused_at", "refused_lately"),
    [
        (None, None, False),
        (NOW, None, False),
        (None, NOW, True),
        (EARLIER, NOW, True),
        (NOW, EARLIER, False),
        (NOW, NOW, False),
    ],
)
def test_the_last_delivery_tells_whether_the_webhook_is_refused(
    accepted_at: datetime | None, refused_at: datetime | None, refused_lately: bool
) -> None:
    refused = () if refused_at is None else (RefusedDeliveries("bad_signature", 1, refused_at),)
    assert WebhookCheck(accepted_at, int(accepted_at is not None), refused).refused_lately is refused_lately
