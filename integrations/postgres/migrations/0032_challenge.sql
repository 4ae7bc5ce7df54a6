-- Forums that get more from unconfirmed people than they should, and those that an official protects; NULL is the suggestions' box.
-- While a row says so, who has no confirmed session solves a small task before what they send is taken.
CREATE TABLE pressures (
    forum_id uuid REFERENCES forums,
    since timestamptz,
    until timestamptz NOT NULL DEFAULT '-infinity',
    protected_since timestamptz,
    protected_by uuid REFERENCES officials,
    protected_reason text NOT NULL DEFAULT '',
    CONSTRAINT one_pressure_per_forum UNIQUE NULLS NOT DISTINCT (forum_id)
);

-- Tasks whose solution was used, until they would have expired anyway; used_for is what it was used for, so that the same request
-- sent again is still the same.
CREATE TABLE spent_challenges (
    challenge bytea PRIMARY KEY,
    used_for bytea NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX spent_challenges_until ON spent_challenges (until);
