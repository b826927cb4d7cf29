SELECT *
FROM probe
WHERE integration_id = $integration_id AND probed_at >= $since
ORDER BY probed_at DESC
