SELECT coalesce(sum(names_known), 0)::bigint
FROM known_group
WHERE integration_id = $integration_id
