-- After pg_restore of a dump, before any service starts:
--   psql --set=ON_ERROR_STOP=1 --set=made_at='2026-11-26 07:30:00Z' --file=restored.sql DATABASE_URL
-- It does what `novalgo restore` does: publishes the last hour's events again, since some lay in
-- RabbitMQ's queues when the dump was made, and halts all entries until `novalgo resume`.
BEGIN;
UPDATE ingest.outbox SET published_at = NULL
    WHERE published_at::timestamptz >= :'made_at'::timestamptz - interval '1 hour';
UPDATE executor.outbox SET published_at = NULL
    WHERE published_at::timestamptz >= :'made_at'::timestamptz - interval '1 hour';
UPDATE sheets.outbox SET published_at = NULL
    WHERE published_at::timestamptz >= :'made_at'::timestamptz - interval '1 hour';
UPDATE analytics.outbox SET published_at = NULL
    WHERE published_at::timestamptz >= :'made_at'::timestamptz - interval '1 hour';
INSERT INTO executor.halts (symbol, timeframe, reason, since)
    VALUES ('', '', 'restored from a backup',
            to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    ON CONFLICT DO NOTHING;
COMMIT;
