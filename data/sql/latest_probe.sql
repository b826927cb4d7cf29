SELECT *
FROM probe
WHERE integration_id = $integration_id
ORDER BY probed_at DESC
LIMIT 1
