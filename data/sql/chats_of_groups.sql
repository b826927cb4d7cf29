SELECT DISTINCT chat_id
FROM contact
WHERE integration_id = $integration_id AND naming IN ('looked_up', 'awaited')
    AND group_id IN (SELECT unnest($group_ids))
ORDER BY chat_id
LIMIT $most
