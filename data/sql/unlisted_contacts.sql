SELECT count(*)
FROM contact
WHERE integration_id = $integration_id AND pushed_at > $since AND group_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM freshchat_group
        WHERE freshchat_group.integration_id = contact.integration_id
            AND freshchat_group.group_id = contact.group_id
            AND freshchat_group.name = contact.queue
            AND freshchat_group.missing_since IS NULL
    )
