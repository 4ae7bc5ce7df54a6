-- Shown counts are added to, not counted anew: what was accepted says which transaction wrote it and what it replaced, and the
-- tally adds what the snapshot of the last tally couldn't see. What is on record already was counted: its transaction is 0.

ALTER TABLE votes ADD COLUMN previous smallint NOT NULL DEFAULT 0; -- the choice before the last change
ALTER TABLE vote_changes
    ADD COLUMN previous smallint NOT NULL DEFAULT 0,
    ADD COLUMN excluded boolean NOT NULL DEFAULT false, -- of a vote that was left out at that moment: it changes no count
    ADD COLUMN tx xid8 NOT NULL DEFAULT '0';
ALTER TABLE opinions ADD COLUMN tx xid8 NOT NULL DEFAULT '0';
ALTER TABLE hits ADD COLUMN tx xid8 NOT NULL DEFAULT '0';
ALTER TABLE support_changes ADD COLUMN tx xid8 NOT NULL DEFAULT '0';
ALTER TABLE audit ADD COLUMN tx xid8 NOT NULL DEFAULT '0';
ALTER TABLE vote_changes ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
ALTER TABLE opinions ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
ALTER TABLE hits ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
ALTER TABLE support_changes ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
ALTER TABLE audit ALTER COLUMN tx SET DEFAULT pg_current_xact_id();

CREATE INDEX vote_changes_by_tx ON vote_changes (tx);
CREATE INDEX vote_changes_of_opinion ON vote_changes (opinion_id, tx);
CREATE INDEX opinions_by_tx ON opinions (tx);
CREATE INDEX hits_by_tx ON hits (tx);
CREATE INDEX support_changes_by_tx ON support_changes (tx);
CREATE INDEX audit_of_opinions_by_tx ON audit (tx) WHERE noun = 'opinion'; -- the tally looks for what was hidden or shown
DROP INDEX vote_changes_by_time, vote_changes_by_opinion, opinions_by_time, hits_by_time, support_changes_by_time, audit_of_opinions_by_time;

-- Up to where the tally has counted. A snapshot means nothing in another cluster, into which the rows were restored.
ALTER TABLE tally_cursor
    ADD COLUMN counted pg_snapshot NOT NULL DEFAULT pg_current_snapshot(),
    ADD COLUMN cluster bigint NOT NULL DEFAULT 0,
    DROP COLUMN upto;

-- How many votes of each voter stand on a forum: who has one more than none is a voter.
CREATE TABLE forum_voters (
    forum_id uuid NOT NULL,
    voter    bytea NOT NULL,
    standing int NOT NULL,
    CONSTRAINT one_voter_each PRIMARY KEY (forum_id, voter)
);
INSERT INTO forum_voters (forum_id, voter, standing)
SELECT o.forum_id, v.voter, count(*) FROM votes v JOIN opinions o ON o.id = v.opinion_id
WHERE o.status = 'published' AND v.choice <> 0 GROUP BY 1, 2;

-- The accepting statements join what they refer to, nothing of it is ever deleted, and an invariant looks at it: checking each
-- row again would lock the opinion and the forum once per vote.
ALTER TABLE votes DROP CONSTRAINT votes_opinion_id_fkey;
ALTER TABLE vote_changes DROP CONSTRAINT vote_changes_opinion_id_fkey;
ALTER TABLE opinions DROP CONSTRAINT opinions_forum_id_fkey;
ALTER TABLE hits DROP CONSTRAINT hits_forum_id_fkey;
