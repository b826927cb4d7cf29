"""What the theme's settings cannot say: a focus that is seen everywhere, and what is chosen in readable colours."""

import streamlit as st


def accessible() -> None:
    """Draw the focus of the keyboard as a line, also where Streamlit draws none, and lift the contrast.

    A primary colour dark enough for a button's white text is too dark for text on the dark ground: what is chosen
    takes the colour of links, which differs from it in the dark scheme only. Nothing moves for whoever wants no motion.
    """
    scheme = st.context.theme.type or "light"
    colour = st.get_option(f"theme.{scheme}.linkColor")
    grey = st.get_option(f"theme.{scheme}.grayTextColor")
    st.html(
        "<style>"
        f"[role=tab][aria-selected=true], [role=radio][aria-checked=true] {{color: {colour} !important}}"
        # Streamlit's captions let their ground shine through, which makes code in them too faint.
        f"[data-testid=stCaptionContainer]:has(code) {{opacity: 1 !important; color: {grey} !important}}"
        f":is(a, button, summary, [role=tab], [role=radio]):focus-visible"
        f" {{outline: 2px solid {colour} !important; outline-offset: 2px}}"
        # Streamlit moves its spinners and panels, whatever the reader's system asks for.
        "@media (prefers-reduced-motion: reduce) {*, *::before, *::after"
        " {animation-duration: .01ms !important; animation-iteration-count: 1 !important;"
        " transition-duration: .01ms !important; scroll-behavior: auto !important}}"
        "</style>"
    )
