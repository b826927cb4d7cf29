DELETE FROM probe
WHERE (integration_id, probed_at) IN (
    SELECT probe.integration_id, probe.probed_at
    FROM probe
    JOIN (SELECT integration_id, max(probed_at) AS last_at FROM probe GROUP BY integration_id) AS latest
        ON latest.integration_id = probe.integration_id
    WHERE probe.probed_at < $before AND probe.probed_at < latest.last_at
    ORDER BY probe.probed_at
    LIMIT $most
)
