-- How often one network or person has asked lately, across all web processes: by a keyed hash, which leads back to nobody, the
-- instant at which it is at rest again. Rows at rest are removed by whoever asks next.
CREATE TABLE rates (
    key bytea PRIMARY KEY,
    tat timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX rates_at_rest ON rates (tat);
