SELECT chat_id, resolved_at, interaction_id
FROM contact
WHERE integration_id = $integration_id AND reporter = $reporter AND naming = 'undefined' AND received_at >= $since
    AND NOT EXISTS (
        SELECT 1
        FROM group_look_up
        WHERE group_look_up.integration_id = contact.integration_id
            AND group_look_up.chat_id = contact.chat_id
            AND group_look_up.resolved_at = contact.resolved_at
    )
ORDER BY received_at, chat_id, resolved_at
LIMIT $most
