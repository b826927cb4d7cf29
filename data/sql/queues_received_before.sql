SELECT
    integration_id,
    queue,
    count(*) AS contacts,
    to_timestamp(floor(extract(epoch FROM min(resolved_at)) / 900) * 900),
    to_timestamp(floor(extract(epoch FROM max(resolved_at)) / 900) * 900),
    count(*) FILTER (WHERE is_first) AS first_contacts
FROM contact
WHERE integration_id = $integration_id AND received_at < $received_before
GROUP BY integration_id, queue
ORDER BY queue
