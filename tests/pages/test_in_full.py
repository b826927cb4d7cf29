"""What a click has made is shown, whatever the browser asks while it is being made."""

from streamlit.testing.v1 import AppTest


def page_with_a_secret() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from pages.parts.in_full import drawer, in_full

    def make(request: str) -> None:
        def made(kept: dict[str, str]) -> str:
            kept["secret"] = "made once" if "secret" not in kept else "made twice"
            context = get_script_run_ctx()
            assert context is not None
            assert context.script_requests is not None
            if request == "stop":  # as when the connection ends, or the whole page is asked for
                context.script_requests.request_stop()
            else:
                context.script_requests.request_rerun(RerunData())
            return kept["secret"]

        def show(secret: str) -> None:
            st.session_state["told"] = secret

        in_full(made, show)

    st.button("stop", on_click=make, args=("stop",))
    st.button("rerun", on_click=make, args=("rerun",))
    st.text(drawer().get("secret", "nothing"))
    st.text(st.session_state.get("told", "nothing"))


def texts_after(request: str) -> list[str]:
    app = AppTest.from_function(page_with_a_secret).run()
    assert [text.value for text in app.text] == ["nothing", "nothing"]
    app.button[["stop", "rerun"].index(request)].click().run()
    return [text.value for text in app.run().text]


def test_what_was_made_when_the_connection_ended_is_there_when_it_is_back() -> None:
    assert texts_after("stop")[0] == "made once"


def test_what_was_made_when_the_page_refreshed_itself_is_there_with_all_that_is_shown_of_it() -> None:
    assert texts_after("rerun") == ["made once", "made once"]
