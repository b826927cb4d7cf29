DELETE FROM activity
WHERE (integration_id, key_id, kind, interval_start) IN (
    SELECT integration_id, key_id, kind, interval_start
    FROM activity
    WHERE interval_start < $before
    ORDER BY interval_start
    LIMIT $most
)
