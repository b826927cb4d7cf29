SELECT *
FROM channel
ORDER BY created_at, channel_id
