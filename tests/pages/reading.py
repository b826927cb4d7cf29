"""What a reader of a page sees and does."""

import pandas as pd
import pyarrow as pa
from streamlit.testing.v1 import AppTest

from data.integrations import Integration
from services.system import System


def shown(app: AppTest) -> str:
    """Everything that a reader of the page sees, as one text."""
    kinds = (
        app.title,
        app.header,
        app.subheader,
        app.markdown,
        app.caption,
        app.info,
        app.warning,
        app.error,
    )
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def click(app: AppTest, label: str) -> AppTest:
    button = next((button for button in app.button if button.label == label), None)
    assert button is not None, f"no button {label}, only {[button.label for button in app.button]}"
    button.click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    """The labels of the page's own buttons: the one that opens the help is on every page."""
    return [button.label for button in app.button if button.key != "help"]


def stored_key(system: System, integration: Integration) -> str:
    """The Freshchat API key as it was saved, in clear."""
    assert integration.freshchat_api_key is not None
    return system.vault.unlock(integration.freshchat_api_key)


def drawn(app: AppTest, column: str) -> pd.DataFrame:
    """What a chart is drawn from: its only rows that have this column."""
    frames = [
        pa.ipc.open_stream(dataset.data.data).read_pandas()
        for element in app.get("vega_lite_chart")
        for dataset in element.proto.datasets
    ]
    found: list[pd.DataFrame] = [frame for frame in frames if column in frame.columns]
    (only,) = found
    return only
