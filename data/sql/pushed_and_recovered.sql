SELECT
    queue,
    count(*) FILTER (WHERE pushed_at IS NOT NULL) AS pushed,
    count(*) FILTER (WHERE pushed_at IS NULL) AS recovered
FROM contact
WHERE integration_id = $integration_id AND resolved_at >= $start AND resolved_at < $end
GROUP BY queue
