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
WHERE integration_id = $integration_id AND queue = $queue
GROUP BY integration_id, queue
