DELETE FROM group_sync
WHERE tried_at > $now
