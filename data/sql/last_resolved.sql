SELECT integration_id, queue, last_resolved_at
FROM queue_total
WHERE integration_id = $integration_id
