-- Clocks: who was told of a late step, pauses with their reasons, one digest a day, absences by period.

ALTER TABLE owed
    ADD COLUMN escalated_to uuid[] NOT NULL DEFAULT '{}', -- the superiors before whom it was brought
    ADD COLUMN audited_at   timestamptz,                  -- when the audit office was told
    ADD COLUMN audited_to   uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN pause_reason text NOT NULL DEFAULT '',
    ADD COLUMN paused_for   interval NOT NULL DEFAULT '0'; -- the working time that pauses have given back
-- reminders counts the nudges given or left out. What was escalated before there was an audit office is put before it in a week.
UPDATE owed SET reminders = 3, next_at = escalated_at + interval '7 days' WHERE escalated_at IS NOT NULL AND done_at IS NULL;
CREATE INDEX owed_of_official ON owed (official_id) WHERE done_at IS NULL;
CREATE INDEX owed_by_end ON owed (done_at) WHERE done_at IS NOT NULL;

-- What befell a clock, in order. Nothing is ever changed here.
CREATE TABLE clock_changes (
    id            uuid PRIMARY KEY,
    owed_id       uuid NOT NULL REFERENCES owed,
    at            timestamptz NOT NULL DEFAULT now(),
    kind          text NOT NULL,
    by_official   uuid REFERENCES officials, -- NULL: the city by itself
    from_official uuid REFERENCES officials,
    to_official   uuid REFERENCES officials,
    due_before    timestamptz NOT NULL,
    due_after     timestamptz NOT NULL,
    reason        text NOT NULL DEFAULT '',
    CONSTRAINT clock_change_known CHECK (kind IN ('paused', 'resumed', 'handed_over', 'escalated', 'audited'))
);
CREATE INDEX clock_changes_of_wait ON clock_changes (owed_id, at);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END $$;
CREATE TRIGGER clock_changes_stay BEFORE UPDATE OR DELETE ON clock_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What an official is to be told of their clocks. One that waits for the day's digest has no told_at.
CREATE TABLE notices (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    event       text NOT NULL, -- what happened, so that it is told to nobody twice
    official_id uuid NOT NULL REFERENCES officials,
    owed_id     uuid NOT NULL REFERENCES owed,
    at          timestamptz NOT NULL DEFAULT now(),
    told_at     timestamptz,
    CONSTRAINT one_notice_each UNIQUE (event, official_id),
    CONSTRAINT notice_kind_known CHECK (kind IN ('owed', 'reminder', 'escalation', 'audit', 'handed_over', 'gave_over', 'stands_in'))
);
CREATE INDEX notices_untold ON notices (official_id) WHERE told_at IS NULL;

-- Reminders and escalations have no letters of their own any more; those in the outbox go out as what they say.
UPDATE mails SET kind = 'owed' WHERE kind IN ('reminder', 'escalation');

-- The days whose digests are made.
CREATE TABLE digests (
    day     date PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    letters int NOT NULL DEFAULT 0
);

-- Absences by period, beside what the directory says of today.
CREATE TABLE absences (
    id         uuid PRIMARY KEY,
    official   uuid NOT NULL REFERENCES officials,
    substitute uuid NOT NULL REFERENCES officials,
    from_at    timestamptz NOT NULL,
    until_at   timestamptz NOT NULL,
    entered_by uuid NOT NULL REFERENCES officials,
    entered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT absence_in_order CHECK (until_at >= from_at), -- one that was called off is empty
    CONSTRAINT absence_of_two_people CHECK (official <> substitute)
);
CREATE INDEX absences_of_official ON absences (official, until_at);
CREATE INDEX absences_of_substitute ON absences (substitute, until_at);

-- The instant at which a transaction began. A view binds now() when it is made; this asks the session.
CREATE FUNCTION this_instant() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT now()';

-- Who is absent at this instant, and whom they named, by the period first, then by the directory.
CREATE VIEW away AS
SELECT o.id, COALESCE(a.substitute, o.substitute) AS substitute
FROM officials o
LEFT JOIN (
    SELECT DISTINCT ON (official) official, substitute FROM absences WHERE from_at <= this_instant() AND this_instant() < until_at ORDER BY official, from_at DESC
) a ON a.official = o.id
WHERE o.left_at IS NULL AND (o.absent OR a.substitute IS NOT NULL);

-- The officials as they are now: absent by the directory or by a period, and their substitute, who for an absent one is
-- whoever is there at the end of the chain: A names B, who is away and named C. A chain that ends nowhere has nobody.
CREATE VIEW officials_now AS
WITH RECURSIVE chain AS (
    SELECT id, substitute AS at, 1 AS steps FROM away
    UNION ALL
    SELECT c.id, w.substitute, c.steps + 1 FROM chain c JOIN away w ON w.id = c.at WHERE c.steps < 8
), present AS (
    SELECT DISTINCT ON (c.id) c.id, c.at FROM chain c JOIN officials s ON s.id = c.at AND s.left_at IS NULL
    WHERE NOT EXISTS (SELECT FROM away w WHERE w.id = c.at) ORDER BY c.id, c.steps
)
SELECT o.id, o.uid, o.name, o.name_en, o.title, o.title_en, o.department, o.email, o.phone, o.superior,
    CASE WHEN w.id IS NULL THEN o.substitute ELSE p.at END AS substitute, w.id IS NOT NULL AS absent, o.duties, o.seen_at, o.left_at
FROM officials o LEFT JOIN away w ON w.id = o.id LEFT JOIN present p ON p.id = o.id;

-- The steps that are over, for statistics: what was owed, by which department, when it was due and when it ended.
CREATE VIEW settled_clocks AS
SELECT w.id, w.kind, COALESCE(NULLIF(w.department, ''), o.department, f.department, '') AS department, w.since, w.due, w.done_at, w.paused_for
FROM owed w LEFT JOIN officials o ON o.id = w.official_id LEFT JOIN forums f ON f.id = w.forum_id
WHERE w.done_at IS NOT NULL;
