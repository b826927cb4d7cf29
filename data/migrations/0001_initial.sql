-- Times are instants (timestamptz), stored in UTC. Every table's key starts with the integration,
-- so that a distributed PostgreSQL can shard by it. No secondary indexes: see README, "Storage".

CREATE TABLE integration (
    integration_id          text PRIMARY KEY,
    name                    text NOT NULL,
    domain                  text NOT NULL,
    freshchat_api_key       text,             -- encrypted; never the key itself
    time_zone               text NOT NULL,
    holidays                text,             -- country or country-region, e.g. DE-BY
    counting                text NOT NULL,    -- every_resolution | once_per_chat
    webhook_public_key      text,
    created_at              timestamptz NOT NULL,
    paused_at               timestamptz,
    deleted_at              timestamptz,
    configuration           text,             -- what the last check of the Freshchat API key said
    configuration_detail    text,
    configuration_checked_at timestamptz
);

CREATE TABLE injixo_api_key (
    integration_id text NOT NULL,
    key_id         text NOT NULL,
    secret_hash    text NOT NULL,             -- SHA-256 of the whole key, hexadecimal
    created_at     timestamptz NOT NULL,
    created_by     text NOT NULL,
    expires_at     timestamptz,
    revoked_at     timestamptz,
    PRIMARY KEY (integration_id, key_id)
);

-- What the app and others told us about one chat: the set of its events, each once, without personal data.
-- The key is '<integration>/<chat>' in one column because DuckDB looks rows up through an index of one
-- column only (0.5 ms against 42 ms for a scan of two million chats).
CREATE TABLE chat (
    chat_key       text PRIMARY KEY,
    integration_id text NOT NULL,
    history        text NOT NULL              -- JSON, see data/chats.py
);

-- One resolved chat, counted in the interval of its resolution. Derived from chat.history alone.
CREATE TABLE contact (
    integration_id text NOT NULL,
    chat_id        text NOT NULL,
    resolved_at    timestamptz NOT NULL,
    queue          text NOT NULL,
    group_id       text,
    naming         text NOT NULL,             -- reported | looked_up | awaited | undefined
    interaction_id text,
    opened_at      timestamptz,
    is_first       boolean NOT NULL,          -- the first resolution of its chat
    reporter       text NOT NULL,             -- who reported it first: app, webhook, backfill
    received_at    timestamptz NOT NULL,
    pushed_at      timestamptz,               -- first told by the app or webhook; null = only a backfill knows it
    PRIMARY KEY (integration_id, chat_id, resolved_at)
);

-- Always equal to the GROUP BY of contact; kept in the same transaction.
CREATE TABLE contact_count (
    integration_id text NOT NULL,
    queue          text NOT NULL,
    interval_start timestamptz NOT NULL,      -- a full quarter hour
    contacts       bigint NOT NULL,           -- every resolution
    first_contacts bigint NOT NULL,           -- only the first resolution of each chat
    pushed_contacts bigint NOT NULL,          -- those that the app or webhook told us, not only a backfill
    PRIMARY KEY (integration_id, queue, interval_start)
);

-- Names under which a group was seen, and when first: a group that is renamed has several.
CREATE TABLE group_name (
    integration_id text NOT NULL,
    group_id       text NOT NULL,
    name           text NOT NULL,
    first_seen_at  timestamptz NOT NULL,
    PRIMARY KEY (integration_id, group_id, name)
);

-- Signs of life and refusals, counted per quarter hour.
CREATE TABLE activity (
    integration_id text NOT NULL,
    key_id         text NOT NULL,
    kind           text NOT NULL,             -- events | heartbeat | connection | webhook | a refusal's code
    interval_start timestamptz NOT NULL,
    occurrences    bigint NOT NULL,
    first_at       timestamptz NOT NULL,
    last_at        timestamptz NOT NULL,
    PRIMARY KEY (integration_id, key_id, kind, interval_start)
);

CREATE TABLE incident (
    integration_id text NOT NULL,
    incident_id    text NOT NULL,
    opened_at      timestamptz NOT NULL,      -- when the data stopped
    detected_at    timestamptz NOT NULL,
    closed_at      timestamptz,
    data_flow      text NOT NULL,
    cause          text NOT NULL,
    queues         text NOT NULL,             -- JSON list; empty = all of them
    missed         bigint,
    missed_low     bigint,
    missed_high    bigint,
    recovered      bigint NOT NULL,
    recovered_at   timestamptz,               -- when the lost contacts were fetched back in full
    false_alarm    boolean NOT NULL,
    PRIMARY KEY (integration_id, incident_id)
);

-- What the watcher last concluded, and that it ran at all (integration_id '' is the watcher itself).
CREATE TABLE watch (
    integration_id text PRIMARY KEY,
    evaluated_at   timestamptz NOT NULL,
    data_flow      text NOT NULL,
    cause          text NOT NULL,
    since          timestamptz NOT NULL       -- when this data flow and cause began
);

-- One row, raised by one in every commit. Compared at start with the number beside the file:
-- a damaged write-ahead log would otherwise lose what follows the damage without a word.
CREATE TABLE commit_sequence (
    sequence bigint PRIMARY KEY
);
INSERT INTO commit_sequence VALUES (0);
