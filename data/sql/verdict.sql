SELECT *
FROM watch
WHERE integration_id = $integration_id
