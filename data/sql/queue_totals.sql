SELECT *
FROM queue_total
WHERE integration_id = $integration_id
ORDER BY queue
