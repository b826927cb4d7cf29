SELECT integration_id, sum(contacts)::bigint
FROM contact_count
WHERE integration_id = $integration_id AND interval_start >= $start AND interval_start < $end
GROUP BY integration_id
