-- What a board is searched by: hashes of the characters and pairs of characters of each word, together with the forum's id, so that
-- Korean is found by any part of a word. Filled a moment after the opinion was accepted.
CREATE TABLE opinion_search (
    opinion_id uuid PRIMARY KEY,
    grams      bigint[] NOT NULL
);
CREATE INDEX opinions_by_grams ON opinion_search USING gin (grams);

-- Up to where the index knows the opinions; NULL: not at all yet.
CREATE TABLE search_cursor (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    indexed  pg_snapshot
);
INSERT INTO search_cursor (indexed) VALUES (NULL);

-- A board's pages are cut from this index alone.
CREATE INDEX opinions_on_board ON opinions (forum_id, status, accepted_at, id);
DROP INDEX opinions_by_forum;

-- The opinions that somebody voted on, in the order of agreement.
ALTER TABLE vote_counts
    ADD COLUMN forum_id    uuid,
    ADD COLUMN accepted_at timestamptz;
UPDATE vote_counts c SET forum_id = o.forum_id, accepted_at = o.accepted_at FROM opinions o WHERE o.id = c.opinion_id;
ALTER TABLE vote_counts
    ALTER COLUMN forum_id SET NOT NULL,
    ALTER COLUMN accepted_at SET NOT NULL;
CREATE INDEX vote_counts_by_agreement ON vote_counts (forum_id, bound DESC, votes_against, accepted_at, opinion_id) WHERE votes_for + votes_against > 0;
