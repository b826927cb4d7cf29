"""The states of a day's seal, and why it differs or was not compared, in a reader's words."""

from data.seals import Seal, SealReason, SealState
from services.translation import N_, Words

STATE_NAMES: dict[SealState, str] = {
    "open": N_("Not over yet"),
    "equal": N_("Equal to Freshchat"),
    "fetched": N_("Equal to Freshchat after fetching"),
    "differs": N_("Differs from Freshchat"),
    "not_compared": N_("Not compared"),
}
REASON_TEXTS: dict[SealReason, str] = {
    "fetching": N_("what is missing is being fetched"),
    "report_lacks": N_("Freshchat's reports do not hold yet what is missing"),
    "more_here": N_("there are more contacts here than Freshchat counts"),
    "other_group": N_("Freshchat counts contacts to another group"),
    "not_yet": N_("its turn has not come yet"),
    "before_connection": N_("it lies before the connection"),
    "too_old": N_("Freshchat reports on the last 15 months only"),
    "paused": N_("the integration is paused"),
    "no_api_key": N_("no Freshchat API key is saved"),
    "invalid_credentials": N_("Freshchat refuses the Freshchat API key"),
    "missing_scope": N_("the Freshchat API key lacks a permission"),
    "unreachable": N_("Freshchat could not be reached"),
}


def seal_sentence(seal: Seal, words: Words) -> str:
    """Return what the seal says, with both figures and the moment of the comparison."""
    state = words.text(STATE_NAMES[seal.state])
    if seal.compared_at is None or seal.freshchat is None:
        reason = "" if seal.reason is None else f" ({words.text(REASON_TEXTS[seal.reason])})"
        return state + reason
    figures = words.text(
        N_("{contacts} of {freshchat}, compared {moment}"),
        contacts=words.number(seal.contacts or 0),
        freshchat=words.number(seal.freshchat),
        moment=words.moment(seal.compared_at),
    )
    parts = [figures]
    if seal.state == "fetched":
        parts.append(words.count("{n} contact fetched", "{n} contacts fetched", seal.fetched))
    if seal.reason is not None:
        parts.append(words.text(REASON_TEXTS[seal.reason]))
    return f"{state} ({'; '.join(parts)})"
