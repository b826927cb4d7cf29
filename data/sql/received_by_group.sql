SELECT
    group_id,
    queue,
    count(*) AS contacts,
    count(*) FILTER (WHERE pushed_at IS NULL) AS fetched
FROM contact
WHERE integration_id = $integration_id AND resolved_at >= $start AND resolved_at < $end
GROUP BY group_id, queue
ORDER BY queue, group_id
