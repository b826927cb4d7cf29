SELECT integration_id, job_id
FROM backfill_job
WHERE finished_at < $before
  AND reason <> 'history'
  AND NOT EXISTS (
      SELECT 1 FROM incident
      WHERE incident.integration_id = backfill_job.integration_id
        AND incident.recovered_at IS NULL
        AND incident.opened_at < backfill_job.span_end
        AND (incident.closed_at IS NULL OR incident.closed_at > backfill_job.span_start)
  )
ORDER BY finished_at
LIMIT $most
