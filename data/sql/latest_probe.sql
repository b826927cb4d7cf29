SELECT DISTINCT ON (integration_id) *
FROM probe
WHERE integration_id = $integration_id
ORDER BY integration_id, probed_at DESC
