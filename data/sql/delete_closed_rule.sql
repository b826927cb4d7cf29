DELETE FROM closed_rule
WHERE integration_id = $integration_id AND rule_id = $rule_id
