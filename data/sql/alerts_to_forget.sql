SELECT integration_id, alert_id
FROM alert
WHERE closed_at < $before
  AND NOT EXISTS (
      SELECT 1 FROM notification
      WHERE notification.integration_id = alert.integration_id
        AND notification.alert_id = alert.alert_id
        AND notification.state IN ('waiting', 'sending', 'failed')
  )
ORDER BY closed_at
LIMIT $most
