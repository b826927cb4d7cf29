-- What the detector has learned of an integration: a cache, so that a start need not learn all of it anew. A row that
-- is gone, damaged, or made by other code or of other facts is made again, and nothing is lost with it.
CREATE TABLE fit (
    integration_id text PRIMARY KEY,
    fitted_at      timestamptz NOT NULL,
    made_by        text NOT NULL,             -- fingerprint of the code and the libraries
    depends_on     text NOT NULL,             -- fingerprint of what it rests on beside the counts
    history        bigint NOT NULL,           -- contacts that it was made from
    ever           bigint NOT NULL,           -- all contacts when these were counted
    lag            bigint,                    -- of pushes, in microseconds; null = none was measured
    model          bytea NOT NULL             -- JSON, compressed
);
