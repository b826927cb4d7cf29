-- Nearly every chat is told of once, and its contact says all of that. So it needs no history beside it, nor an index
-- over that: it is found by its contact. Only chats of several events, and of none that is counted, stay in chat.

CREATE TABLE contact_of_chat (
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
    lone_chat      bigint UNIQUE              -- 56 bits of md5 of '<integration>/<chat>', see data/lone_chats.py;
                                              -- null = what is known of its chat is in chat
);
INSERT INTO contact_of_chat
WITH keyed AS (
    SELECT
        *,
        md5(integration_id || '/' || chat_id)::uuid AS chat_key,
        ('0x' || substr(md5(integration_id || '/' || chat_id), 1, 14))::bigint AS short_key
    FROM contact
),
lone AS (
    SELECT keyed.short_key, min(keyed.integration_id) AS integration_id, min(keyed.chat_id) AS chat_id
    FROM keyed
    JOIN chat ON chat.chat_key = keyed.chat_key
    -- one event; where a name looks like the seam between two, the chat stays where it is
    WHERE chat.history LIKE '[["resolved",%' AND chat.history NOT LIKE '%],%'
    GROUP BY keyed.short_key
    HAVING count(*) = 1
)
SELECT
    keyed.integration_id, keyed.chat_id, resolved_at, queue, group_id, naming, interaction_id, opened_at, is_first,
    reporter, received_at, pushed_at, lone.short_key
FROM keyed
LEFT JOIN lone ON lone.integration_id = keyed.integration_id AND lone.chat_id = keyed.chat_id
ORDER BY resolved_at;
DROP TABLE contact;
ALTER TABLE contact_of_chat RENAME TO contact;

CREATE TABLE chat_of_events (
    chat_key       uuid PRIMARY KEY,          -- md5 of '<integration>/<chat>'
    integration_id text NOT NULL,
    history        text NOT NULL              -- JSON, see data/histories.py
);
INSERT INTO chat_of_events
SELECT chat_key, integration_id, history
FROM chat
WHERE NOT EXISTS (
    SELECT 1
    FROM contact
    WHERE lone_chat IS NOT NULL AND md5(contact.integration_id || '/' || contact.chat_id)::uuid = chat.chat_key
);
DROP TABLE chat;
ALTER TABLE chat_of_events RENAME TO chat;
