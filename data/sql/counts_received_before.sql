SELECT
    queue,
    to_timestamp(floor(extract(epoch FROM resolved_at) / 900) * 900) AS interval_start,
    count(*) AS contacts,
    count(*) FILTER (WHERE is_first) AS first_contacts,
    count(*) FILTER (WHERE pushed_at IS NOT NULL) AS pushed_contacts
FROM contact
WHERE integration_id = $integration_id AND received_at < $received_before
    AND resolved_at >= $start AND resolved_at < $end
GROUP BY 1, 2
