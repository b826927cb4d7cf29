DELETE FROM freshchat_report
WHERE ordered_at > $now
