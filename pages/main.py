"""The entry page: language, navigation, and whichever page was chosen."""

import streamlit as st

from pages.parts.language import choose_language, words

st.set_page_config(page_title="Stillwatch", page_icon="🔭", layout="wide")
with st.sidebar:
    choose_language()
_ = words().text

pages = {
    _("Contacts"): [st.Page("contacts.py", title=_("Contacts"), icon=":material/bar_chart:", default=True)],
}
st.navigation(pages).run()
