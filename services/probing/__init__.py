"""The probe: ask Freshchat how many chats it resolved, and compare with what we have."""

from services.probing.judgement import Suspicion, grace, is_due, judge, threshold
from services.probing.probe import is_time, probe

__all__ = ["Suspicion", "grace", "is_due", "is_time", "judge", "probe", "threshold"]
