SELECT *
FROM incident
WHERE integration_id = $integration_id
ORDER BY opened_at DESC, incident_id
