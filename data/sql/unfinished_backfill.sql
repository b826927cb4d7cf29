SELECT backfill_part.*, backfill_job.*
FROM backfill_part
JOIN backfill_job
    ON backfill_job.integration_id = backfill_part.integration_id AND backfill_job.job_id = backfill_part.job_id
WHERE backfill_part.state IN ('pending', 'reported')
ORDER BY backfill_part.due_at, backfill_part.integration_id, backfill_part.job_id, backfill_part.part
