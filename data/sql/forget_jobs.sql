DELETE FROM backfill_job
WHERE (integration_id, job_id) IN (VALUES {rows})
