SELECT min(resolved_at)
FROM contact
WHERE integration_id = $integration_id AND group_id = $group_id AND naming = 'reported' AND queue = $name
    AND resolved_at > $after AND resolved_at < $before
