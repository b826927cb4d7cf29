"""People paste anything into the domain field; only hosts under the allowed endings come out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.freshchat.domain import MendedDomain, mend_domain

ENDINGS = (".freshchat.com", ".myfreshworks.com")


def mend(text: str) -> MendedDomain:
    return mend_domain(text, allowed_endings=ENDINGS)


@pytest.mark.parametrize(
    "text",
    [
        "example.freshchat.com",
        "example-5b321a95b1dfee217185497.freshchat.com",
        "example-team-5b321a95b1dfee21.freshchat.com",
        "api.freshchat.com",
        "api.eu.freshchat.com",
        "xn--bcher-kva.freshchat.com",
    ],
)
def test_a_freshchat_domain_is_taken_as_it_is(text: str) -> None:
    assert mend(text) == MendedDomain(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.freshchat.com",
        "HTTPS://Example.FreshChat.com/",
        "http://example.freshchat.com",
        "//example.freshchat.com/v2",
        "https:/example.freshchat.com",
        "https://https://example.freshchat.com",
        "https://example.freshchat.com/ä?from=https://example.com",
        "  example.freshchat.com\n",
        "\u00a0example.freshchat.com\u200b",
        "\ufeffexample.freshchat.com",
        "example . freshchat.com",
        "example.freshchat.com.",
        "example.freshchat.com:443",
        "example.freshchat.com:",
        "https://user:secret@example.freshchat.com/v2/groups?page=1#top",
        "example.freshchat.com/v2/accounts/configuration",
        "example.freshchat.com\\v2",
        "example.freshchat.com?x=1",
        "EXAMPLE.FRESHCHAT.COM",
    ],
)
def test_what_is_unambiguous_is_mended(text: str) -> None:
    assert mend(text) == MendedDomain("example.freshchat.com", mended=True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("  \t", "empty"),
        ("https://", "empty"),
        (".", "empty"),
        ("example", "incomplete"),
        ("example.freshchat", "incomplete"),
        ("freshchat.com", "incomplete"),
        ("https://freshchat.com/", "incomplete"),
        ("msdk.freshchat.com", "not_an_api_host"),
        ("msdk.eu.freshchat.com", "not_an_api_host"),
        ("example.wchat.freshchat.com", "not_an_api_host"),
        ("wchat.freshchat.com", "not_an_api_host"),
        ("example.webpush.freshchat.com", "not_an_api_host"),
        ("www.freshchat.com", "not_an_api_host"),
        ("d62390fd-87cd-4921-b52a-982245e0656c", "app_id"),
        (" D62390FD-87CD-4921-B52A-982245E0656C ", "app_id"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "api_key"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "api_key"),
        ("example.freshdesk.com", "other_domain"),
        ("example.com", "other_domain"),
        ("localhost.localdomain", "other_domain"),
        ("my company.freshchat.com", "not_a_host"),
        ("exämple.freshchat.com", "not_a_host"),
        ("-example.freshchat.com", "not_a_host"),
        ("example..freshchat.com", "not_a_host"),
        ("ex_ample.freshchat.com", "not_a_host"),
        ("ftp://example.freshchat.com", "not_a_host"),
        ("javascript:alert(1)", "not_a_host"),
        ("127.0.0.1", "not_a_host"),
        ("http://169.254.169.254/latest/meta-data", "not_a_host"),
        ("0x7f.0.0.1", "not_a_host"),
        ("[::1]:8080", "not_a_host"),
        ("a" * 64 + ".freshchat.com", "not_a_host"),
        ("a." * 125 + "freshchat.com", "not_a_host"),
        ("x" * 100_000, "not_a_host"),
    ],
)
def test_what_is_ambiguous_is_explained(text: str, problem: str) -> None:
    assert mend(text) == MendedDomain(None, problem)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "evil.com/.freshchat.com",
        "evil.com?.freshchat.com",
        "evil.com#.freshchat.com",
        "evil.com\\.freshchat.com",
        "evil.com\\@example.freshchat.com",
        "https://evil.com/@example.freshchat.com",
        "https://example.freshchat.com@evil.com",
        "https://example.freshchat.com:443@evil.com/",
        "freshchat.com.evil.com",
        "example.freshchat.com.evil.com",
        "xfreshchat.com",
        "examplefreshchat.com",
        "evil.com%2f.freshchat.com",
        "evil.com%00.freshchat.com",
        "evil.com\x00.freshchat.com",
        "evil.com\n.freshchat.com\r\nHost: evil.com",
        "evil.com／.freshchat.com",
        "evil.com．example.freshchat.com",
        "evil.com。freshchat.com",
        "evil.com℀.freshchat.com",
        "example.freshchat。com",
        "exampl\u0435.freshchat.com",
        "exam\u00adple.freshchat.com",
        "example.fre\u017fhchat.com",
        "example.freshchat.com:80:80",
        "https:/evil.com/.freshchat.com",
        "\u212aexample.freshchat.com",
        "example.freshchat.com;.evil.com",
        "[::ffff:127.0.0.1].freshchat.com",
    ],
)
def test_tricks_lead_nowhere(text: str) -> None:
    assert mend(text).domain is None


def test_a_portal_host_is_accepted_with_a_warning() -> None:
    assert mend("https://example-org.myfreshworks.com/crm/messaging/a/1/inbox") == MendedDomain(
        "example-org.myfreshworks.com", mended=True, note="portal"
    )


def test_a_portal_host_is_named_where_it_is_not_allowed() -> None:
    assert mend_domain("example-org.myfreshworks.com", allowed_endings=[".freshchat.com"]).problem == "portal"


def test_other_endings_can_be_allowed() -> None:
    mended = mend_domain("https://example.freshchat.test/", allowed_endings=[".freshchat.test"])
    assert mended == MendedDomain("example.freshchat.test", mended=True)
    assert mend_domain("example.freshchat.com", allowed_endings=[".freshchat.test"]).problem == "other_domain"


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "example",
                "evil",
                ".",
                "freshchat.com",
                "myfreshworks.com",
                "://",
                "/",
                "@",
                ":",
                "%2e",
                "\\",
                "?",
                "#",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=8,
).map("".join)


@given(st.one_of(st.text(), PIECES))
def test_only_plain_hosts_under_the_allowed_endings_come_out(text: str) -> None:
    mended = mend(text)
    if mended.domain is None:
        assert mended.problem is not None
    else:
        assert re.fullmatch(r"[a-z0-9.-]+\.(freshchat|myfreshworks)\.com", mended.domain)
        assert mended.mended == (mended.domain != text)
        assert mend(mended.domain).domain == mended.domain
