SELECT *
FROM group_sync
WHERE integration_id = $integration_id
