SELECT group_id, first_seen_at, name
FROM group_name
WHERE integration_id = $integration_id
ORDER BY first_seen_at, name
