"""Backfill: fetching from Freshchat's reports what nobody pushed to us, exactly once."""

from services.backfill.jobs import BadSpan, JobStatus, TooManyJobs, covered_at, request, status
from services.backfill.steps import run_due

__all__ = ["BadSpan", "JobStatus", "TooManyJobs", "covered_at", "request", "run_due", "status"]
