DELETE FROM backfill_part
WHERE (integration_id, job_id) IN (VALUES {rows})
