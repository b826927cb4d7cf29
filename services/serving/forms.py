"""What a page's form sends, whoever reads it."""

from urllib.parse import parse_qs

from starlette.requests import Request

from services.api.body import bounded, read_body
from services.api.problems import Problem

MOST_BYTES = 16 * 1024
MOST_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields. Raises Problem 413, 408 or 400: of a form that is too large, nothing is taken."""
    body = await read_body(Request(request.scope, bounded(request.receive)))
    if len(body) > MOST_BYTES:
        raise Problem(413, "too_large", "no form of ours is so large")
    try:
        sent = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(400, "bad_form", f"no form of ours has more than {MOST_FIELDS} fields") from None
    return {name: values[0] for name, values in sent.items()}
