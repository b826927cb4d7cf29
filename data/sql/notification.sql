SELECT *
FROM notification
WHERE integration_id = $integration_id AND notification_id = $notification_id
