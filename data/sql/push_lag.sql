SELECT
    percentile_cont(0.999) WITHIN GROUP (ORDER BY extract(epoch FROM pushed_at) - extract(epoch FROM resolved_at))
FROM contact
WHERE integration_id = $integration_id AND pushed_at >= $since
    -- what lay in the past when the app was connected arrived late for another reason
    AND resolved_at >= (SELECT min(first_pushed_at) FROM queue_total WHERE integration_id = $integration_id)
