-- What all web processes together let through of those who ask much: by a keyed hash, which leads back to nobody, the instant at
-- which they are at rest again. Each process adds what it let through about once a second; it may be lost with a crash.
CREATE UNLOGGED TABLE shared_rates (
    key bytea PRIMARY KEY,
    tat timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX shared_rates_at_rest ON shared_rates (tat);
