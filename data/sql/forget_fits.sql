DELETE FROM fit
WHERE integration_id IN (
    SELECT integration_id
    FROM fit
    WHERE fitted_at < $before
    ORDER BY fitted_at
    LIMIT $most
)
