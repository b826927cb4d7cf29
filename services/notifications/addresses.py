"""Addresses of channels: what apprise understands, checked without sending anything.

Apprise is loaded when it is first needed: it takes a quarter of a second, which a start has not.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from services.system import Invalid

if TYPE_CHECKING:
    from apprise import NotifyBase

LONGEST_URL = 2000
ON_THE_MACHINE = frozenset({"dbus", "kde", "qt", "glib", "gnome", "macosx", "windows", "syslog"})
"""What would show a message on the machine that Stillwatch runs on: nobody looks there."""


def read_address(url: str) -> NotifyBase:
    """Return what sends to an address. Raises Invalid; the message never repeats the address, which is secret."""
    text = url.strip()
    if not text or len(text) > LONGEST_URL or not text.isprintable():
        raise Invalid(
            "bad_url", "url", f"give an address of up to {LONGEST_URL} characters, such as mailto://..."
        )
    if "://" not in text:
        raise Invalid(
            "bad_url", "url", "an address begins with what it is of, such as mailto://, msteams:// or json://"
        )
    schema = text.partition("://")[0].lower()
    if schema in ON_THE_MACHINE:
        raise Invalid(
            "bad_url", "url", f"{schema}:// would be shown where nobody looks: name another service"
        )
    import apprise
    from apprise.asset import AppriseAsset
    from apprise.manager_plugins import NotificationManager

    logging.getLogger("apprise").propagate = False  # it logs addresses
    # A redirect makes a GET of what was posted: the page that it leads to took no message.
    found = apprise.Apprise.instantiate(text, asset=AppriseAsset(http_redirects=False))
    if found is None:
        known = schema in NotificationManager()  # type: ignore[no-untyped-call]
        raise Invalid(
            "bad_url",
            "url",
            f"something is missing or wrong after {schema}://, see apprise's page on it"
            if known
            else "apprise knows no service by this beginning; mailto://, msteams://, slack:// or json:// are some",
        )
    return found
