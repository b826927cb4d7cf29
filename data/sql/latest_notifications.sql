SELECT *
FROM notification
WHERE state <> 'superseded'
ORDER BY created_at DESC, notification_id
LIMIT $most
