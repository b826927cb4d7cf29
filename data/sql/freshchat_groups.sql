SELECT *
FROM freshchat_group
WHERE integration_id = $integration_id
ORDER BY name, group_id
