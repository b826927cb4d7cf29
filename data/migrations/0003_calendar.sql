-- Spans that the detector neither judges nor learns from, because somebody who knows said so.
CREATE TABLE closed_span (
    integration_id text NOT NULL,
    span_id        text NOT NULL,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    kind           text NOT NULL,             -- closed | downtime (planned) | quiet (Freshchat itself was quiet)
    note           text NOT NULL,
    PRIMARY KEY (integration_id, span_id)
);
