SELECT resolved_at, pushed_at
FROM contact
WHERE integration_id = $integration_id AND pushed_at >= $since
ORDER BY pushed_at DESC, resolved_at
LIMIT $most
