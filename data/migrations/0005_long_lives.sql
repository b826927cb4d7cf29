-- What a change costs follows from what it touches: not from all groups, nor from all that a chat has lived.

-- A group with the names under which it was seen, found by one key ('<integration>/<group>', or
-- '<integration>#<name>' without an id) because DuckDB looks rows up through an index of one column only.
CREATE TABLE known_group (
    group_key      text PRIMARY KEY,
    integration_id text NOT NULL,
    names          text NOT NULL,             -- JSON list of [first seen, in microseconds since 1970, name]
    names_known    bigint NOT NULL,           -- how many these are
    renaming       boolean NOT NULL           -- older contacts may still be counted under an older name
);

-- The events of a chat that has too many for one row, by the hour in which they happened.
CREATE TABLE chat_part (
    part_key       text PRIMARY KEY,          -- JSON: [integration, chat, hours since 1970]
    integration_id text NOT NULL,
    chat_id        text NOT NULL,
    history        text NOT NULL              -- as in chat, whose own history is then {"first": <first resolution>}
);

-- The hours in which events of one interaction of such a chat happened.
CREATE TABLE chat_interaction (
    interaction_key text PRIMARY KEY,         -- JSON: [integration, chat, interaction]
    integration_id  text NOT NULL,
    hours           text NOT NULL             -- JSON list of hours since 1970
);
