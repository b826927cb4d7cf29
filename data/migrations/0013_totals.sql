-- What is asked about all of history, kept as small rows in the transaction that changes it: the answer costs the
-- same after a year as on the first day.

-- Always equal to the GROUP BY of contact; a queue without contacts has no row.
CREATE TABLE queue_total (
    integration_id    text NOT NULL,
    queue             text NOT NULL,
    contacts          bigint NOT NULL,        -- every resolution
    first_contacts    bigint NOT NULL,        -- only the first resolution of each chat
    pushed_contacts   bigint NOT NULL,        -- those that the app or webhook told us
    first_resolved_at timestamptz NOT NULL,   -- Freshchat's clock
    last_resolved_at  timestamptz NOT NULL,
    first_pushed_at   timestamptz,            -- our clock
    last_pushed_at    timestamptz,
    pushed_from       timestamptz,            -- the earliest and the latest resolution that was pushed
    pushed_until      timestamptz,
    PRIMARY KEY (integration_id, queue)
);

INSERT INTO queue_total
SELECT
    integration_id,
    queue,
    count(*),
    count(*) FILTER (WHERE is_first),
    count(pushed_at),
    min(resolved_at),
    max(resolved_at),
    min(pushed_at),
    max(pushed_at),
    min(resolved_at) FILTER (WHERE pushed_at IS NOT NULL),
    max(resolved_at) FILTER (WHERE pushed_at IS NOT NULL)
FROM contact
GROUP BY integration_id, queue;

-- Always equal to the GROUP BY of activity.
CREATE TABLE activity_total (
    integration_id text NOT NULL,
    key_id         text NOT NULL,
    kind           text NOT NULL,
    first_interval timestamptz NOT NULL,
    occurrences    bigint NOT NULL,
    first_at       timestamptz NOT NULL,
    last_at        timestamptz NOT NULL,
    PRIMARY KEY (integration_id, key_id, kind)
);

INSERT INTO activity_total
SELECT integration_id, key_id, kind, min(interval_start), sum(occurrences)::bigint, min(first_at), max(last_at)
FROM activity
GROUP BY integration_id, key_id, kind;
