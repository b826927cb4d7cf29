SELECT DISTINCT chat_id
FROM contact
WHERE integration_id = $integration_id AND group_id = $group_id AND naming IN ('looked_up', 'awaited')
