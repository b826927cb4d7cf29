-- Where people are told: an address that apprise understands, encrypted as the Freshchat API keys are.
CREATE TABLE channel (
    channel_id     text PRIMARY KEY,
    name           text NOT NULL,
    url            text NOT NULL,             -- encrypted; never the address itself
    service        text NOT NULL,             -- what kind of address it is, such as mailto
    language       text NOT NULL,
    states         text NOT NULL,             -- JSON list, see data/alerts.py; empty = all of them
    integrations   text NOT NULL,             -- JSON list of ids; empty = all of them
    quiet          text,                      -- JSON, see data/channels.py; null = none
    after_minutes  bigint NOT NULL,           -- told only of what nobody has acknowledged for so long
    remind_minutes bigint NOT NULL,           -- the first reminder; 0 = none
    weekly         boolean NOT NULL,          -- gets the weekly report
    created_at     timestamptz NOT NULL,
    last_sent_at   timestamptz,
    failing_since  timestamptz,               -- null = the last try went well, or there was none
    failure        text                       -- why the last try failed
);

-- What people are told of: an incident, or another trouble. Changed in the incident's transaction.
CREATE TABLE alert (
    integration_id  text NOT NULL,            -- '' = Stillwatch itself
    alert_id        text NOT NULL,            -- of an incident: the incident's own
    kind            text NOT NULL,            -- incident | credentials | monitor | unsealed_day | channel
    about           text NOT NULL,            -- what is known: a change of it is told
    states          text NOT NULL,            -- JSON list: the states that it is
    opened_at       timestamptz NOT NULL,
    detected_at     timestamptz NOT NULL,
    closed_at       timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    silenced_until  timestamptz,
    reason          text,                     -- why it was acknowledged or silenced
    PRIMARY KEY (integration_id, alert_id)
);

-- One message to people through one channel. Written with what it tells of; claimed before it is sent.
CREATE TABLE notification (
    integration_id  text NOT NULL,
    notification_id text NOT NULL,            -- made of what it tells, so that none is written twice
    alert_id        text NOT NULL,            -- '' = of none: a test, a weekly report
    channel_id      text NOT NULL,
    kind            text NOT NULL,            -- opened | changed | reminder | closed | test | weekly
    number          bigint NOT NULL,          -- which of its kind
    state           text NOT NULL,            -- waiting | sending | sent | failed | given_up | superseded
    about           text NOT NULL,            -- what was known when it was written, or sent
    created_at      timestamptz NOT NULL,
    next_try_at     timestamptz NOT NULL,
    tries           bigint NOT NULL,
    claimed_at      timestamptz,              -- when the last try began
    sent_at         timestamptz,
    failure         text,                     -- why the last try failed
    answered_at     timestamptz,              -- when its link was used, which works once
    PRIMARY KEY (integration_id, notification_id)
);
