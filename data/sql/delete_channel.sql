DELETE FROM channel
WHERE channel_id = $channel_id
