SELECT *
FROM notification
WHERE state IN ('waiting', 'sending', 'failed')
ORDER BY next_try_at, notification_id
