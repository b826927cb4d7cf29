SELECT *
FROM backfill_part
WHERE integration_id = $integration_id
ORDER BY job_id, part
