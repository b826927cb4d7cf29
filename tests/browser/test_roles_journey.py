"""Three roles, each on its way: invited, signed in, at work, and out again."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from services.audit import ROLE_NAMES
from services.translation import Words
from tests.browser.conftest import FRESHCHAT_API_KEY, MILLISECONDS, Stillwatch, serving

PASSWORD = "a long sentence is fine"
INVITATION = re.compile(r"http://\S+/invitation/\S+")
LOCALES = {"en": "en-GB", "de": "de-DE"}


@pytest.fixture
def closed(tmp_path: Path, freshchat: str) -> Iterator[tuple[Stillwatch, str]]:
    """A Stillwatch with accounts, and the link of the first invitation."""
    settings = {"STILLWATCH_SIGN_IN": "accounts", "STILLWATCH_FIRST_ADMIN": "kim@example.com"}
    with serving(tmp_path, freshchat, **settings) as running:
        running.call(
            "POST",
            "/integrations",
            json={"name": "Service", "domain": "e.freshchat.com", "freshchat_api_key": FRESHCHAT_API_KEY},
        )
        found = INVITATION.search((tmp_path / "log.txt").read_text())
        assert found is not None
        yield running, found[0]


def accept(page: Page, words: Words) -> None:
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name=words.text("Save and sign in")).click()


def invited(admin: Page, name: str, role: str, words: Words) -> str:
    """Invite somebody by hand, and return the link that is shown."""
    _, called = words.text, words.text(ROLE_NAMES[role])
    admin.get_by_label(_("E-mail address")).fill(name)
    form = admin.locator(".st-key-add_person")
    form.get_by_text(called, exact=True).click()
    expect(form.get_by_role("radio", name=called)).to_be_checked()
    admin.get_by_role("button", name=_("Add"), exact=True).click()
    link = admin.get_by_text(INVITATION)
    expect(link).to_be_visible()
    text = link.inner_text().strip()
    card = admin.locator("[class*=st-key-person_]").filter(has_text=name.partition("@")[0])
    expect(card.get_by_text(called, exact=True)).to_be_visible()
    admin.get_by_role("button", name=_("I have copied it")).click()
    expect(link).to_be_hidden()
    return text


@pytest.mark.parametrize("language", ["en", "de"])
def test_three_roles_find_what_is_theirs_and_lose_it_at_once(
    closed: tuple[Stillwatch, str], visit: Callable[..., Page], browser: Browser, language: str
) -> None:
    """The supervisor speaks the other language."""
    stillwatch, first = closed
    words, other = Words(language), Words("de" if language == "en" else "en")
    _ = words.text
    admin = visit(first, locale=LOCALES[words.language])
    accept(admin, words)
    expect(admin.get_by_text("kim@example.com")).to_be_visible()
    admin.get_by_role("link", name=_("People and programs")).click()
    for_support = invited(admin, "lee@example.com", "support", words)
    for_supervisor = invited(admin, "pat@example.com", "supervisor", words)

    # Its console will tell that it was cut off, which it is to be.
    context = browser.new_context(locale=LOCALES[other.language])
    context.set_default_timeout(MILLISECONDS)
    supervisor = context.new_page()
    supervisor.goto(for_supervisor)
    accept(supervisor, other)
    navigation = supervisor.get_by_test_id("stSidebarNav")
    expect(navigation.get_by_role("link", name=other.text("Contacts"))).to_be_visible()
    expect(navigation.get_by_role("link", name=other.text("Data flow"))).to_have_count(0)
    expect(navigation.get_by_role("link", name=other.text("Integrations"))).to_have_count(0)

    support = visit(for_support, locale=LOCALES[words.language])
    accept(support, words)
    navigation = support.get_by_test_id("stSidebarNav")
    navigation.get_by_role("link", name=_("Integrations")).click()
    support.get_by_role("button", name=_("Open"), exact=True).click()
    expect(support.get_by_role("tab", name=_("History"))).to_be_visible()
    expect(support.get_by_role("button", name=_("Pause"))).to_have_count(0)
    expect(support.get_by_role("tab", name=_("Settings"))).to_have_count(0)

    card = admin.locator("[class*=st-key-person_]").filter(has_text="pat")
    card.get_by_role("button", name=_("Remove")).click()
    admin.get_by_role("button", name=_("Yes, remove")).click()
    expect(card).to_have_count(0)
    expect(supervisor).to_have_url(re.compile(r"/sign-in\?next="))

    support.get_by_role("button", name=_("Sign out")).click()
    expect(support).to_have_url(re.compile(r"/sign-in$"))
    support.goto(f"{stillwatch.url}/integrations")
    expect(support).to_have_url(re.compile(r"/sign-in\?next=%2Fintegrations"))
    support.get_by_label(_("E-mail address")).fill("lee@example.com")
    support.get_by_label(_("Password")).fill(PASSWORD)
    support.get_by_role("button", name=_("Sign in"), exact=True).click()
    expect(support).to_have_url(f"{stillwatch.url}/integrations")
    context.close()
