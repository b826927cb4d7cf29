"""A model that was packed is equal to the bit, and judges as before; what is no model is said to be none."""

import zlib
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest

from services.detector import Excluded, Model, Unreadable, evaluate, fit, packed, unpacked
from tests.unit.detector.conftest import BERLIN, NIGHT, Made

DAY = timedelta(days=1)


def same(one: Any, other: Any) -> bool:
    """Tell whether both are the same, to the bit."""
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, part.name), getattr(other, part.name)) for part in fields(one))
    return type(one) is type(other) and bool(one == other)


def models(counts: Made) -> dict[str, Model | None]:
    usual = counts(NIGHT - 56 * DAY, NIGHT, Sales=40, Support=12, Returns=3)
    moved = counts(NIGHT - 56 * DAY, NIGHT - 4 * DAY, Early=9, Late=30)
    later = counts(NIGHT - 4 * DAY, NIGHT, Early=9, Late=30)
    later.loc[later["queue"] == "Early", "interval_start"] += timedelta(hours=11)
    spans = (
        Excluded(NIGHT - 9 * DAY, NIGHT - 8 * DAY, ("Sales",), unconfirmed=True),
        Excluded(datetime(2025, 2, 1, 7, 3, 1, 5, UTC), NIGHT - 20 * DAY, closed=True),
    )
    return {
        "many queues": fit(usual, zone=BERLIN, now=NIGHT, excluded=spans, holidays=[date(2025, 2, 3)]),
        "one queue": fit(usual[usual["queue"] == "Sales"], zone=BERLIN, now=NIGHT),
        "young": fit(counts(NIGHT - 5 * DAY, NIGHT, Sales=40, Support=12), zone=BERLIN, now=NIGHT),
        "a young queue": fit(
            pd.concat([usual, counts(NIGHT - 6 * DAY, NIGHT, New=20)]), zone=BERLIN, now=NIGHT
        ),
        "a moved queue": fit(pd.concat([moved, later]), zone=BERLIN, now=NIGHT),
    }


def test_a_model_comes_back_as_it_was_and_judges_as_it_did(counts: Made) -> None:
    live = counts(NIGHT - DAY, NIGHT + DAY, seed=2, Sales=40, Support=4, Early=3, Late=1, New=2)
    now = NIGHT + timedelta(hours=15)
    for name, model in models(counts).items():
        assert model is not None
        again = unpacked(packed(model), BERLIN)
        assert again.moves == model.moves, name
        assert same(replace(again, moves=model.moves, fitted_at=model.fitted_at), model), name
        assert again.fitted_at == model.fitted_at
        lag = timedelta(minutes=2)
        assert evaluate(again, live, now=now, lag=lag) == evaluate(model, live, now=now, lag=lag), name
    assert models(counts)["a moved queue"].moves  # type: ignore[union-attr]


def test_an_empty_name_and_the_total_stay_two_streams(model: Model) -> None:
    moved = replace(model, moves={None: NIGHT, "": NIGHT - DAY, "null": NIGHT - 2 * DAY})
    assert unpacked(packed(moved), BERLIN).moves == moved.moves


def test_nobody_can_change_what_was_unpacked(model: Model) -> None:
    with pytest.raises(ValueError, match="read-only"):
        unpacked(packed(model), BERLIN).rates[0, 0] = 1.0


def damaged(model: Model) -> dict[str, bytes]:
    data = packed(model)
    parts = orjson.loads(zlib.decompress(data))
    without = {name: part for name, part in parts.items() if name != "rates"}
    short = parts | {"late": parts["late"] | {"shape": [3, 672, 2]}}
    others = [
        without,
        parts | {"unknown": 1},
        short,
        parts | {"state": None},
        parts | {"fitted_at": "soon"},
        [],
    ]
    changed = [zlib.compress(orjson.dumps(other)) for other in others]
    flipped = data[:2000] + bytes([data[2000] ^ 1]) + data[2001:]
    made = [b"", b"model", data[:-9], flipped, zlib.compress(b"{"), *changed]
    return {f"{place}": bytes(what) for place, what in enumerate(made)}


def test_what_is_damaged_or_of_another_shape_is_no_model(model: Model) -> None:
    for place, data in damaged(model).items():
        with pytest.raises(Unreadable):
            print(place, unpacked(data, BERLIN))
