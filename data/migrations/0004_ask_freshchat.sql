-- What Freshchat told us when we asked: groups, reports of lost contacts, and probes.

-- The groups as Freshchat last listed them, those gone included.
CREATE TABLE freshchat_group (
    integration_id text NOT NULL,
    group_id       text NOT NULL,
    name           text NOT NULL,             -- the name it has now, or had last
    listed_since   timestamptz NOT NULL,
    missing_since  timestamptz,               -- first missing from the list; null = it is there
    PRIMARY KEY (integration_id, group_id)
);

CREATE TABLE group_sync (
    integration_id  text PRIMARY KEY,
    tried_at        timestamptz NOT NULL,
    synchronised_at timestamptz,              -- the last time it worked
    error           text                      -- why the last try did not
);

-- Reports ordered lately, for the budget that all integrations of an account share.
CREATE TABLE freshchat_report (
    integration_id text NOT NULL,
    ordered_at     timestamptz NOT NULL,
    domain         text NOT NULL,
    event          text NOT NULL,
    PRIMARY KEY (integration_id, ordered_at)
);

CREATE TABLE backfill_job (
    integration_id text NOT NULL,
    job_id         text NOT NULL,
    reason         text NOT NULL,             -- requested | incident | resume | history | same_day
    span_start     timestamptz NOT NULL,
    span_end       timestamptz NOT NULL,
    requested_at   timestamptz NOT NULL,
    follow_ups     bigint NOT NULL,           -- how often this span was fetched before, being too young
    finished_at    timestamptz,
    PRIMARY KEY (integration_id, job_id)
);

CREATE TABLE backfill_part (
    integration_id text NOT NULL,
    job_id         text NOT NULL,
    part           bigint NOT NULL,
    span_start     timestamptz NOT NULL,
    span_end       timestamptz NOT NULL,
    state          text NOT NULL,             -- pending | reported | done | failed
    due_at         timestamptz NOT NULL,      -- when its next step may be taken
    report_id      text,
    reported_at    timestamptz,
    troubles       bigint NOT NULL,           -- failed steps since the last one that worked
    fetched        bigint NOT NULL,           -- rows of the report that are on disk
    new            bigint NOT NULL,           -- contacts that nobody had told us before
    unreadable     bigint NOT NULL,           -- rows without a chat or a time
    error          text,                      -- what went wrong last
    PRIMARY KEY (integration_id, job_id, part)
);

CREATE TABLE probe (
    integration_id text NOT NULL,
    probed_at      timestamptz NOT NULL,
    window_start   timestamptz NOT NULL,
    window_end     timestamptz NOT NULL,
    outcome        text NOT NULL,             -- compared | no_evidence | unanswerable
    freshchat      bigint NOT NULL,           -- chats that Freshchat resolved in the window
    received       bigint NOT NULL,           -- contacts of the window that we have
    missing        bigint NOT NULL,
    queues         text NOT NULL,             -- JSON, see data/probes.py
    error          text,
    PRIMARY KEY (integration_id, probed_at)
);
