-- Two thirds of the file were indexes over long text keys. A chat is found by 128 bits of its text key; contacts are
-- only read by integration and time and need no key: what goes is found by the time of its resolution.

CREATE TABLE chat_by_hash (
    chat_key       uuid PRIMARY KEY,          -- md5 of '<integration>/<chat>'
    integration_id text NOT NULL,
    history        text NOT NULL              -- JSON, see data/histories.py
);
INSERT INTO chat_by_hash
SELECT md5(chat_key)::uuid, integration_id, history
FROM chat;
DROP TABLE chat;
ALTER TABLE chat_by_hash RENAME TO chat;

CREATE TABLE contact_without_key (
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
    pushed_at      timestamptz                -- first told by the app or webhook; null = only a backfill knows it
);
INSERT INTO contact_without_key
SELECT
    integration_id, chat_id, resolved_at, queue, group_id, naming, interaction_id, opened_at, is_first, reporter,
    received_at, pushed_at
FROM contact
ORDER BY resolved_at;
DROP TABLE contact;
ALTER TABLE contact_without_key RENAME TO contact;
