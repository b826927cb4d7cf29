SELECT *
FROM probe
WHERE integration_id = $integration_id AND outcome = 'compared' AND missing = 0
ORDER BY probed_at DESC
LIMIT 1
