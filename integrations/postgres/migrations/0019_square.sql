-- What every web process must forget before anybody is told that it is gone: pages that show a hidden opinion, and citizens'
-- sessions that were ended. A row is inserted under an advisory lock, so that the ids are seen in their order.
CREATE TABLE purges (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id    uuid,        -- NULL: cached pages
    session_until timestamptz, -- when the session would have ended by itself
    at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT purged_session_has_an_end CHECK ((session_id IS NULL) = (session_until IS NULL))
);

CREATE INDEX purged_sessions ON purges (session_id) WHERE session_id IS NOT NULL;

-- The web processes, and up to which purge each has forgotten. Lost with a crash of the server, and written anew by the next
-- sign of life.
CREATE UNLOGGED TABLE web_processes (
    id      uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL,
    purged  bigint NOT NULL
);

-- A citizen's session is a signed cookie: only those that were ended early are on record.
DROP TABLE citizen_sessions;

-- In which language a topic's page was read.
ALTER TABLE hits ADD COLUMN lang text NOT NULL DEFAULT 'ko';
