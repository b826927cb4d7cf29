SELECT chat_id, interaction_id, queue, resolved_at, is_first, reporter, received_at
FROM contact
WHERE integration_id = $integration_id AND queue IN (SELECT unnest($queues))
    AND resolved_at >= $start AND resolved_at < $end AND received_at < $received_before
ORDER BY resolved_at, chat_id
LIMIT $most
