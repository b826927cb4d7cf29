SELECT *
FROM integration
ORDER BY created_at, integration_id
