SELECT channel_id, state, count(*)
FROM notification
GROUP BY channel_id, state
