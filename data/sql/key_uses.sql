SELECT
    key_id,
    max(last_at) FILTER (WHERE kind IN ('events', 'heartbeat', 'connection', 'goodbye')) AS last_used_at,
    coalesce(sum(occurrences) FILTER (WHERE kind IN ('events', 'heartbeat', 'connection', 'goodbye')), 0)::bigint
        AS use_count,
    max(last_at) FILTER (WHERE kind LIKE '%_key' OR kind = 'integration_deleted') AS last_refused_at,
    coalesce(sum(occurrences) FILTER (WHERE kind LIKE '%_key' OR kind = 'integration_deleted'), 0)::bigint
        AS refused_count
FROM activity
WHERE integration_id = $integration_id
GROUP BY key_id
