-- The approval line in full: departments consulted at once, final by delegation, approval after the fact, a return to an earlier
-- step, and the record of what everybody in the line did.

ALTER TABLE approvals
    DROP CONSTRAINT approval_noun_known,
    ADD CONSTRAINT approval_noun_known CHECK (noun IN ('dossier', 'response', 'awards', 'analysis', 'extension', 'minutes', 'early_close', 'suspension')),
    ADD COLUMN after_the_fact boolean NOT NULL DEFAULT false, -- what it is about was done when it was submitted
    ADD COLUMN alarm text NOT NULL DEFAULT '', -- why an act stands without its approval
    ADD COLUMN alarmed_at timestamptz,
    ADD COLUMN settled_at timestamptz,
    ADD CONSTRAINT approval_alarm_known CHECK (alarm IN ('', 'late', 'returned', 'recalled')),
    ADD CONSTRAINT alarm_is_of_an_act_done CHECK (alarm = '' OR after_the_fact),
    ADD CONSTRAINT alarm_has_its_instant CHECK ((alarm <> '') = (alarmed_at IS NOT NULL) AND (settled_at IS NULL OR alarmed_at IS NOT NULL));

ALTER TABLE approval_signers
    ADD COLUMN final boolean NOT NULL DEFAULT false, -- signed for all who would have come after
    ADD COLUMN disagrees boolean NOT NULL DEFAULT false; -- of a consulted department; comment holds its opinion

-- What everybody in a line did, in order. A signature that a return took back stays here.
CREATE TABLE approval_events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    approval_id uuid NOT NULL REFERENCES approvals,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind        text NOT NULL,
    ord         int, -- the place in the line
    official_id uuid REFERENCES officials, -- whose place it was
    by_official uuid REFERENCES officials, -- who acted; NULL: the city itself
    final       boolean NOT NULL DEFAULT false,
    disagrees   boolean NOT NULL DEFAULT false,
    comment     text NOT NULL DEFAULT '',
    decision_id uuid, -- or the key of the form, for a comment
    CONSTRAINT approval_event_known CHECK (kind IN ('drafted', 'signed', 'consulted', 'skipped', 'sent_back', 'returned', 'recalled', 'voided',
        'commented', 'rerouted', 'alarmed', 'settled'))
);
CREATE INDEX approval_events_by_approval ON approval_events (approval_id, id);
CREATE UNIQUE INDEX one_comment_per_form ON approval_events (decision_id) WHERE kind = 'commented';

INSERT INTO approval_events (approval_id, at, kind, official_id, by_official)
SELECT id, drafted_at, 'drafted', drafter, drafter FROM approvals ORDER BY drafted_at, id;
INSERT INTO approval_events (approval_id, at, kind, ord, official_id, by_official, comment)
SELECT approval_id, signed_at, CASE WHEN status = 'returned' THEN 'returned' WHEN role = 'consulted' THEN 'consulted' ELSE 'signed' END,
    ord, official_id, COALESCE(signed_by, official_id), comment
FROM approval_signers WHERE signed_at IS NOT NULL ORDER BY signed_at, approval_id, ord;

CREATE FUNCTION keep_approval_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'what was done in an approval line is never changed';
END $$;
CREATE TRIGGER approval_events_are_kept BEFORE UPDATE OR DELETE ON approval_events FOR EACH ROW EXECUTE FUNCTION keep_approval_events();

-- Who may decide a kind of document finally, without those who would come after. A department's own rules stand in for the city's.
CREATE TABLE delegations (
    noun       text NOT NULL,
    department text NOT NULL DEFAULT '',
    duty       text NOT NULL,
    CONSTRAINT one_delegation_each PRIMARY KEY (noun, department, duty)
);
INSERT INTO delegations (noun, duty) VALUES
    ('dossier', 'head'), ('extension', 'head'), ('early_close', 'head'), ('suspension', 'head'), ('analysis', 'head'),
    ('response', 'executive'), ('awards', 'executive'), ('minutes', 'executive');

-- Several who hold different duties may be waited for at once.
DROP INDEX one_wait_per_kind;
CREATE UNIQUE INDEX one_wait_per_kind ON owed (noun, subject_id, kind, COALESCE(official_id, '00000000-0000-0000-0000-000000000000'),
    (CASE WHEN official_id IS NULL THEN duty ELSE '' END)) WHERE done_at IS NULL;
