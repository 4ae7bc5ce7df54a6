-- Crowds that one hand may steer are marked and counted all the same, until two people exclude their votes.

-- What the detector found at its last look at a forum.
CREATE TABLE suspect_runs (
    forum_id uuid PRIMARY KEY REFERENCES forums,
    at       timestamptz NOT NULL, -- what was accepted before it was looked at
    took     interval NOT NULL,
    votes_for     int NOT NULL, -- what the forum showed then
    votes_against int NOT NULL
);
CREATE TABLE suspect_crowds (
    id       uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums,
    score    double precision NOT NULL,
    signals  text[] NOT NULL,
    targets  jsonb NOT NULL,
    networks int NOT NULL,
    domains  int NOT NULL,
    copies   int NOT NULL,
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL
);
CREATE INDEX suspect_crowds_by_forum ON suspect_crowds (forum_id);
CREATE TABLE suspects (
    forum_id uuid NOT NULL REFERENCES forums,
    voter    bytea NOT NULL,
    crowd_id uuid NOT NULL REFERENCES suspect_crowds ON DELETE CASCADE,
    score    double precision NOT NULL,
    signals  text[] NOT NULL,
    since    timestamptz NOT NULL DEFAULT now(), -- first marked
    CONSTRAINT one_suspicion_each PRIMARY KEY (forum_id, voter)
);
CREATE INDEX suspects_by_crowd ON suspects (crowd_id);
CREATE TABLE suspect_opinions (
    opinion_id uuid PRIMARY KEY REFERENCES opinions,
    forum_id   uuid NOT NULL REFERENCES forums,
    alike      int NOT NULL,
    since      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX suspect_opinions_by_forum ON suspect_opinions (forum_id);

-- What people decided. The votes stay: they are only left out of every count.
CREATE TABLE exclusions (
    id           uuid PRIMARY KEY,
    forum_id     uuid NOT NULL REFERENCES forums,
    status       text NOT NULL DEFAULT 'asked',
    signals      text[] NOT NULL,
    digest       text NOT NULL, -- SHA-256 of its votes
    votes        int NOT NULL,
    voters       int NOT NULL,
    asked_by     uuid NOT NULL REFERENCES officials,
    confirmed_by uuid REFERENCES officials,
    doubted_by   uuid REFERENCES officials,
    undone_by    uuid REFERENCES officials,
    CONSTRAINT exclusion_status_known CHECK (status IN ('asked', 'in_force', 'declined', 'doubted', 'undone')),
    CONSTRAINT one_person_excludes_nothing CHECK (confirmed_by <> asked_by),
    CONSTRAINT one_person_undoes_nothing CHECK (undone_by <> doubted_by),
    CONSTRAINT exclusion_was_confirmed CHECK ((status IN ('in_force', 'doubted', 'undone')) = (confirmed_by IS NOT NULL))
);
CREATE INDEX exclusions_by_forum ON exclusions (forum_id);
CREATE UNIQUE INDEX one_exclusion_asked ON exclusions (forum_id) WHERE status = 'asked';
CREATE TABLE exclusion_votes (
    exclusion_id uuid NOT NULL REFERENCES exclusions,
    opinion_id   uuid NOT NULL,
    voter        bytea NOT NULL,
    CONSTRAINT one_exclusion_of_a_vote PRIMARY KEY (exclusion_id, opinion_id, voter),
    CONSTRAINT exclusion_of_a_vote FOREIGN KEY (opinion_id, voter) REFERENCES votes
);
CREATE INDEX exclusion_votes_by_vote ON exclusion_votes (opinion_id, voter);
-- Each step has its ledger leaf.
CREATE TABLE exclusion_steps (
    id           uuid PRIMARY KEY,
    exclusion_id uuid NOT NULL REFERENCES exclusions,
    status       text NOT NULL,
    by_official  uuid NOT NULL REFERENCES officials,
    reason       text NOT NULL,
    at           timestamptz NOT NULL,
    salt         bytea NOT NULL,
    tx           xid8 NOT NULL DEFAULT pg_current_xact_id() -- the tally looks for what was left out or taken back in
);
CREATE INDEX exclusion_steps_by_exclusion ON exclusion_steps (exclusion_id, at);

ALTER TABLE votes ADD COLUMN excluded boolean NOT NULL DEFAULT false; -- while an exclusion of it is in force
CREATE INDEX excluded_votes ON votes (opinion_id, voter) WHERE excluded; -- few, if any
-- Every count is made of this: an excluded vote counts like one that was taken back.
CREATE VIEW counted_votes AS
    SELECT opinion_id, voter, CASE WHEN excluded THEN 0::smallint ELSE choice END AS choice, accepted_at FROM votes;
