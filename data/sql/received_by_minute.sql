SELECT
    group_id,
    queue,
    to_timestamp(floor(extract(epoch FROM resolved_at) / 60) * 60) AS minute,
    pushed_at IS NOT NULL AS pushed,
    count(*) AS contacts
FROM contact
WHERE integration_id = $integration_id AND resolved_at >= $start AND resolved_at < $end
GROUP BY 1, 2, 3, 4
ORDER BY 3, 2
