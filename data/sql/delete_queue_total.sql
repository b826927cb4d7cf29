DELETE FROM queue_total
WHERE integration_id = $integration_id AND queue = $queue
