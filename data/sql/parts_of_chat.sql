SELECT part_key, history
FROM chat_part
WHERE integration_id = $integration_id AND chat_id = $chat_id
ORDER BY part_key
