-- What Freshchat's own figures say of each local day, beside ours. The day that goes on has a row too.
CREATE TABLE day_seal (
    integration_id text NOT NULL,
    day            date NOT NULL,             -- in the integration's time zone
    state          text NOT NULL,             -- open | equal | fetched | differs | not_compared
    reason         text,                      -- why it differs, or could not be compared
    contacts       bigint,                    -- every resolution that we have of the day
    freshchat      bigint,                    -- chats that Freshchat resolved on it; null = not compared
    fetched        bigint NOT NULL,           -- contacts of the day that only a backfill knows
    compared_until timestamptz,               -- the end of what was compared
    compared_at    timestamptz,
    tries          bigint NOT NULL,           -- reports ordered because of a difference
    next_at        timestamptz,               -- when to compare again; null = never
    queues         text NOT NULL,             -- JSON, see data/seals.py
    PRIMARY KEY (integration_id, day)
);

-- Why an incident that is over has not given its contacts back yet.
ALTER TABLE incident ADD COLUMN not_recovered text;
ALTER TABLE incident ADD COLUMN recovery_checked_at timestamptz;

-- What the first unreadable row of a report looks like, without its content: 9 for a digit, a for a letter.
ALTER TABLE backfill_part ADD COLUMN unreadable_shape text;
