-- Procedures that were found not running although their row isn't final, or blocked. A row that has been started again stays
-- for a month, so that a fault that comes again is seen.
CREATE TABLE stopped (
    noun         text NOT NULL,
    subject_id   uuid NOT NULL,
    why          text NOT NULL,
    since        timestamptz NOT NULL,
    restarts     int NOT NULL DEFAULT 0,
    restarted_at timestamptz, -- the last time
    open         boolean NOT NULL DEFAULT true, -- it waits for somebody to start it
    CONSTRAINT one_stop_per_procedure PRIMARY KEY (noun, subject_id),
    CONSTRAINT stop_cause_known CHECK (why IN ('terminated', 'failed', 'timed_out', 'cancelled', 'ended_early', 'missing', 'blocked'))
);
