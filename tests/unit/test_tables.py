"""Whoever adds a word finds its places: every table that explains the words of a type has a row for each.

mypy holds that no table has a row too many; these hold that none has a row too few.
"""

from collections.abc import Collection
from typing import Any, get_args

import pytest

from data.backfill import PartState, Reason
from data.calendar import SpanKind
from data.failures import FailureReason
from data.integrations import Configuration, Counting
from data.watch import Cause, DataFlow
from pages.parts import status
from pages.parts.contacts import controls, figures
from pages.parts.data_flow import decision_tree, evidence
from pages.parts.integration import api_key_field, backfills, closed_days, domain_field, fields
from services.api import access, webhook_routes
from services.backfill import jobs
from services.causes import BROKEN, CAUSES, Question, Step
from services.contacts import rule
from services.contacts.coarser import COARSE
from services.contacts.periods import Against, View
from services.contacts.standing import Amount
from services.freshchat.api_key import ApiKeyProblem
from services.freshchat.domain import DomainProblem
from services.ingest.webhook import SignatureRefusal
from services.integrations.keys import End, KeyRefusal
from services.intervals import INTERVALS
from services.watch import evidence_words, faq, words
from services.watch.findings import Source
from services.watch.findings.keys import CAUSE_OF_REFUSAL

BUTTONLESS = {
    *("nothing_to_do", "keep_watching", "restart_stillwatch"),
    *("set_clock", "mend_store", "check_proxy", "wait_for_fetching"),
}
"""Steps that need no button: there is nothing to do, or not here."""

BUTTONS = {
    *decision_tree.ON_THE_INTEGRATION,
    *decision_tree.IN_FRESHCHAT,
    "resume",
    "contact_support",
    "fetch_missing",
}


@pytest.mark.parametrize(
    ("table", "words_of"),
    [
        (CAUSES, get_args(Cause)),
        (words.DATA_FLOW_NAMES, get_args(DataFlow)),
        ({*words._CALM, *BROKEN}, get_args(DataFlow)),
        (status.DATA_FLOW_LOOKS, get_args(DataFlow)),
        (words.STEP_TEXTS, get_args(Step)),
        (BUTTONS | BUTTONLESS, get_args(Step)),
        (words.QUESTION_TEXTS, get_args(Question)),
        (faq.QUESTIONS, get_args(Question)),
        (faq.LEAVES, get_args(Question)),
        (evidence_words._FINDINGS, get_args(Source)),
        (evidence_words.STORE_FAILURES, get_args(FailureReason)),
        (access.EXPLANATIONS, get_args(KeyRefusal)),
        (evidence.KEY_NAMES, get_args(End)),
        (webhook_routes.EXPLANATIONS, get_args(SignatureRefusal)),
        (evidence.REFUSAL_NAMES, CAUSE_OF_REFUSAL),
        ({*status.CONFIGURATION_LOOKS} - {None}, get_args(Configuration)),
        ({*status.CONFIGURATION_NAMES} - {None}, get_args(Configuration)),
        (fields.COUNTING_NAMES, get_args(Counting)),
        (fields.COUNTING_NOTES, get_args(Counting)),
        (rule.COUNTING_RULES, get_args(Counting)),
        (closed_days.KINDS, get_args(SpanKind)),
        (backfills.REASONS, get_args(Reason)),
        (jobs.WEIGHT, get_args(PartState)),
        (controls.VIEW_NAMES, get_args(View)),
        (controls.AGAINST_NAMES, get_args(Against)),
        (figures.AMOUNT_NAMES, get_args(Amount)),
        (figures.OTHER_AMOUNT_NAMES, get_args(Amount)),
        (controls.INTERVAL_NAMES, (*INTERVALS, *COARSE)),
        (domain_field.PROBLEMS, get_args(DomainProblem)),
        (api_key_field.PROBLEMS, get_args(ApiKeyProblem)),
    ],
)
def test_a_table_has_a_row_for_every_word(table: Collection[Any], words_of: Collection[Any]) -> None:
    assert set(table) == set(words_of)
