"""Add an integration: choose the vendor, the product (injixo's "model"), and fill in its form."""

from importlib import import_module

import streamlit as st

from pages.parts.language import words_for
from services.integrations.catalogue import CATALOGUE, Vendor, product, vendor

PAGE = "add_integration.py"
words = words_for()
_ = words.text


def choose_vendor() -> None:
    st.title(_("Add integration"), anchor=False)
    st.markdown(_("Choose the system whose contacts you want to count."))
    with st.grid(min_column_width=240, gap="medium"):
        for offered in CATALOGUE:
            with st.container(border=True, height="stretch"):
                st.header(offered.name, anchor=False)
                st.caption(", ".join(offering.name for offering in offered.products))
                if not offered.supported:
                    st.badge(_("Not supported yet"), icon=":material/block:", color="gray")
                elif st.button(_("Select model"), type="primary", key=f"vendor_{offered.slug}"):
                    st.switch_page(PAGE, query_params={"vendor": offered.slug})


def choose_product(chosen: Vendor) -> None:
    st.title(chosen.name, anchor=False)
    st.markdown(_("Choose the model that you use."))
    for offered in chosen.products:
        with st.container(border=True, width=720):
            st.header(offered.name, anchor=False)
            st.markdown(_(offered.brings))
            if not offered.supported:
                st.badge(_("Not supported yet"), icon=":material/block:", color="gray")
            elif st.button(
                _("Add integration"), type="primary", icon=":material/add:", key=f"model_{offered.slug}"
            ):
                st.switch_page(PAGE, query_params={"vendor": chosen.slug, "model": offered.slug})


def back(label: str, **query: str) -> None:
    """Draw the way back to an earlier step; a link to one's own page would be drawn as where one is."""
    if st.button(label, type="tertiary", icon=":material/arrow_back:"):
        st.switch_page(PAGE, query_params=query)


chosen_vendor = vendor(st.query_params.get("vendor"))
chosen_product = product(st.query_params.get("model"))
if chosen_vendor is None:
    st.page_link("integrations.py", label=_("Integrations"), icon=":material/arrow_back:")
    choose_vendor()
elif chosen_product is None:
    back(_("All systems"))
    choose_product(chosen_vendor)
else:
    back(chosen_vendor.name, vendor=chosen_vendor.slug)
    st.title(_("Add {model} integration", model=chosen_product.name), anchor=False)
    import_module(f"pages.products.{chosen_product.slug}").add(words)
