DELETE FROM contact
WHERE integration_id = $integration_id AND chat_id = $chat_id AND resolved_at = $resolved_at
