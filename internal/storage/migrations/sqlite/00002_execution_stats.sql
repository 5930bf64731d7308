-- +goose Up

-- What ended executions add up to, kept when retention has removed them. A row covers width minutes from minute on, both in
-- minutes of Unix time: 1 at first, then 15, 180 and 1,440 as it grows old. See docs/adr/0010.
CREATE TABLE execution_stats (
    owner_id          TEXT NOT NULL,
    width             INTEGER NOT NULL,
    function_id       TEXT NOT NULL,
    minute            INTEGER NOT NULL,
    status            TEXT NOT NULL,
    cold              INTEGER NOT NULL,
    bucket            INTEGER NOT NULL, -- of the handler's time; 0: no handler ran
    executions        INTEGER NOT NULL,
    max_duration_us   INTEGER NOT NULL,
    memory_peak_bytes INTEGER NOT NULL,
    PRIMARY KEY (owner_id, width, function_id, minute, status, cold, bucket)
) WITHOUT ROWID;

-- What is on record already counts. Bucket b ends at 50 µs times 1.2 to the power of b - 1.
INSERT INTO execution_stats
SELECT owner_id, 1, function_id, finished_at / 60000000, status, start_kind = 'cold',
    CASE WHEN duration_us <= 0 THEN 0 WHEN duration_us <= 50 THEN 1 ELSE MIN(93, 1 + CAST(CEIL(LN(duration_us / 50.0) / LN(1.2)) AS INTEGER)) END AS bucket,
    COUNT(*), MAX(MAX(duration_us, 0)), MAX(memory_peak_bytes)
FROM executions WHERE status IN ('success', 'failed', 'timeout', 'canceled') AND finished_at IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7;
