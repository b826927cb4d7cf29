SELECT integration_id, rule_id, repeats, day, starts, ends, note
FROM closed_rule
WHERE integration_id = $integration_id
ORDER BY repeats, day, starts, rule_id
