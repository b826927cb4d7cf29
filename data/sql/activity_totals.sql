SELECT
    integration_id,
    key_id,
    kind,
    min(interval_start),
    sum(occurrences)::bigint,
    min(first_at),
    max(last_at)
FROM activity
WHERE integration_id = $integration_id
GROUP BY integration_id, key_id, kind
ORDER BY max(last_at)
