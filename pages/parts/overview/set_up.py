"""The four steps from nothing to the first contact, ticked off as they are done."""

import streamlit as st

from pages.parts.overview.strip import steps
from services.set_up import SET_UP_STEPS, SetUpStep, next_step_of
from services.translation import N_, Words

STEP_NAMES: dict[SetUpStep, str] = {
    "added": N_("Add the integration with your Freshchat domain and API key."),
    "key": N_("Generate the injixo API key."),
    "app": N_("Install the injixo app in Freshchat and give it the key."),
    "contact": N_("Resolve a chat in Freshchat: seconds later it is a contact here."),
}


WITHOUT_API_KEY = N_("Add the integration with your Freshchat domain. Its API key is missing.")


def set_up_steps(done: frozenset[SetUpStep], words: Words, *, api_key: bool = True) -> None:
    """Draw the steps with the progress over them; the next one is bold.

    ``api_key``: whether Freshchat's is stored, without which programs may add an integration.
    """
    st.progress(len(done) / len(SET_UP_STEPS), text=steps(done, words))
    following = next_step_of(done)
    st.markdown(
        "\n".join(
            f"{number}. {_step(step, done, words, next_one=step == following, api_key=api_key)}"
            for number, step in enumerate(SET_UP_STEPS, start=1)
        )
    )


def _step(step: SetUpStep, done: frozenset[SetUpStep], words: Words, *, next_one: bool, api_key: bool) -> str:
    lacks_key = step == "added" and not api_key
    name = words.text(WITHOUT_API_KEY if lacks_key else STEP_NAMES[step])
    if step in done:
        ticked = words.text("done")
        return f":green[:material/check_circle:] {name} ({ticked})"
    return f"**{name}**" if next_one else f":gray[{name}]"
