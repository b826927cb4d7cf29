SELECT *
FROM freshchat_report
WHERE ordered_at > $since
ORDER BY ordered_at
