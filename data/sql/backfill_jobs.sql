SELECT *
FROM backfill_job
WHERE integration_id = $integration_id
ORDER BY requested_at DESC, job_id
