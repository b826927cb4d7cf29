"""Resolutions as different reporters tell them, for property tests: few ids and names, so that they meet."""

from datetime import datetime

from hypothesis import strategies as st

from data.chats import Event


def resolutions_at(
    moments: st.SearchStrategy[datetime], *, received_at: datetime
) -> st.SearchStrategy[Event]:
    """Return resolutions at these moments, with or without interaction, group and its name."""
    return st.builds(
        Event,
        st.just("resolved"),
        moments,
        st.sampled_from([None, None, "i-1", "i-2"]),
        st.none(),
        st.sampled_from([None, "g-1", "g-2"]),
        st.sampled_from([None, None, "Verkauf", "Technik"]),
        st.sampled_from(["app", "webhook", "backfill"]),
        st.just(received_at),
    )
