"""The entry page: language, navigation, and whichever page was chosen."""

from contextlib import suppress

import streamlit as st

from pages.parts.accessible import accessible
from pages.parts.brand import put_on_brand, watch_tab
from pages.parts.frame import frame
from pages.parts.help import help_button
from pages.parts.integration.key_rotation import ask_about_new_key
from pages.parts.integration_choice import asked_for_deleted
from pages.parts.kept_downloads import keep_downloads
from pages.parts.language import choose_language, read_language, words_for
from pages.parts.live import store_errors_in_words
from pages.parts.printing import printing
from pages.parts.reader import current, leave_anothers_session, may
from pages.parts.server_gone import server_gone
from pages.parts.signed_in import signed_in
from pages.parts.spacing import spacing
from pages.parts.welcome import welcome
from services.brand import NAME
from services.system import StoreUnavailable
from services.watch.bundle import versions

keep_downloads()
put_on_brand()
accessible()
spacing()
printing()
leave_anothers_session()
read_language()
_ = words_for().text
supports = administers = False
# While the store does not answer, nobody's rights are known, and the page says why.
with store_errors_in_words(), suppress(StoreUnavailable):
    supports, administers = may("support"), may("admin")

overview = st.Page("overview.py", title=_("Overview"), icon=":material/space_dashboard:", default=True)
contacts = st.Page("contacts.py", title=_("Contacts"), icon=":material/bar_chart:")
# Its address stays what it was: links to it are out in the world.
data_flow = st.Page(
    "data_flow.py", title=_("Data flow"), icon=":material/monitor_heart:", url_path="freshness"
)
integrations = st.Page("integrations.py", title=_("Integrations"), icon=":material/cable:")
add = st.Page("add_integration.py", title=_("Add integration"), visibility="hidden")
people = st.Page("people.py", title=_("People and programs"), icon=":material/group:")
audit = st.Page("audit.py", title=_("Audit log"), icon=":material/history:")
channels = st.Page("channels.py", title=_("Notifications"), icon=":material/notifications:")
one = st.Page("integration.py", title=_("Integration"), visibility="hidden")

data = [overview, contacts, data_flow] if supports else [overview, contacts]
account = [integrations, one] if supports else []
if administers:
    account += [channels, people, audit, add]
page = st.navigation({"": data, _("Account"): account} if account else data)
# Nothing that can be clicked comes before the navigation: until a browser knows which page it is on, a click leads to
# the start page.
frame(words_for())
server_gone(words_for())
watch_tab(page.title)
with st.sidebar:
    choose_language()
    with store_errors_in_words(), suppress(StoreUnavailable):
        signed_in(words_for())
    help_button(page.url_path, words_for())
    st.caption(f"{NAME} {versions().stillwatch}")
ask_about_new_key(st.query_params.get("integration") if page == one else None, words_for())
with store_errors_in_words():
    nothing_yet = not current().directory.active() and not (page == contacts and asked_for_deleted(current()))
    if page in (overview, contacts, data_flow) and nothing_yet:
        welcome()
    else:
        page.run()
