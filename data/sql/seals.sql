SELECT
    integration_id, day, state, reason, contacts, freshchat, fetched, compared_until, compared_at, tries, next_at,
    queues
FROM day_seal
WHERE integration_id = $integration_id AND day >= $first AND day <= $last
ORDER BY day
