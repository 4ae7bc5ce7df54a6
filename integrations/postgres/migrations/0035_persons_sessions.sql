-- All of a person's sessions may be ended at once: those that would have ended by session_until. A row is forgotten some time after
-- that, when no session is left that it could be about.
ALTER TABLE purges
    ADD COLUMN contact_id uuid,
    DROP CONSTRAINT purged_session_has_an_end,
    ADD CONSTRAINT purged_session_has_an_end CHECK ((session_id IS NULL AND contact_id IS NULL) = (session_until IS NULL)),
    ADD CONSTRAINT purge_is_of_one_thing CHECK (session_id IS NULL OR contact_id IS NULL);

CREATE INDEX purged_contacts ON purges (contact_id, session_until) WHERE contact_id IS NOT NULL;
CREATE INDEX purges_over ON purges (session_until) WHERE session_until IS NOT NULL;
