SELECT
    max(resolved_at),
    max(pushed_at),
    min(resolved_at),
    min(pushed_at),
    min(resolved_at) FILTER (WHERE pushed_at IS NOT NULL),
    max(resolved_at) FILTER (WHERE pushed_at IS NOT NULL),
    count(*),
    count(pushed_at)
FROM contact
WHERE integration_id = $integration_id
