-- Contacts without a group whose chat was looked up at Freshchat: each is asked about once.
CREATE TABLE group_look_up (
    integration_id text NOT NULL,
    chat_id        text NOT NULL,
    resolved_at    timestamptz NOT NULL,
    answered_at    timestamptz NOT NULL,
    PRIMARY KEY (integration_id, chat_id, resolved_at)
);
