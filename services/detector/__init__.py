"""The silence detector: from counted contacts to suspicions, with a promised rate of false alarms.

``fit`` learns once a night, ``evaluate`` judges every minute, ``expected`` draws the band.
"""

from services.detector.expectation import expected, expected_between, expected_in
from services.detector.fitting import fit
from services.detector.model import Model
from services.detector.packing import Unreadable, packed, unpacked
from services.detector.reading import evaluate
from services.detector.records import Estimate, Excluded, OpenAlarm, Reading, StreamReading, Suspicion

__all__ = [
    "Estimate",
    "Excluded",
    "Model",
    "OpenAlarm",
    "Reading",
    "StreamReading",
    "Suspicion",
    "Unreadable",
    "evaluate",
    "expected",
    "expected_between",
    "expected_in",
    "fit",
    "packed",
    "unpacked",
]
