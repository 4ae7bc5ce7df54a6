-- Once a night every open board's shown counts are compared with a recount. One that differed was put right, and says so here.
CREATE TABLE count_alarms (
    forum_id uuid PRIMARY KEY REFERENCES forums,
    at       timestamptz NOT NULL DEFAULT now(),
    shown    jsonb NOT NULL,
    counted  jsonb NOT NULL
);
ALTER TABLE tally_cursor ADD COLUMN recounted_at timestamptz NOT NULL DEFAULT now();
