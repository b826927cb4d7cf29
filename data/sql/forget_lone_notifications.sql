DELETE FROM notification
WHERE (integration_id, notification_id) IN (
    SELECT integration_id, notification_id
    FROM notification
    WHERE alert_id = '' AND created_at < $before AND state NOT IN ('waiting', 'sending', 'failed')
    ORDER BY created_at
    LIMIT $most
)
