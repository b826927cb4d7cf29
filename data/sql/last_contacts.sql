SELECT integration_id, queue, max(resolved_at)
FROM contact
WHERE integration_id = $integration_id AND pushed_at IS NOT NULL AND resolved_at >= $since
GROUP BY integration_id, queue
