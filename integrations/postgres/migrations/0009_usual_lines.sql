-- The line that a department usually takes for a type of document, and rules of delegation that begin and end by somebody's hand.

-- One that was replaced or dropped stays on record.
CREATE TABLE usual_lines (
    id         uuid PRIMARY KEY,
    department text NOT NULL,
    noun       text NOT NULL,
    kept_by    uuid NOT NULL REFERENCES officials,
    kept_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by   uuid REFERENCES officials,
    ended_at   timestamptz,
    CONSTRAINT line_is_a_departments CHECK (department <> ''),
    CONSTRAINT line_end_has_its_hand CHECK ((ended_by IS NULL) = (ended_at IS NULL))
);
CREATE UNIQUE INDEX one_usual_line_each ON usual_lines (department, noun) WHERE ended_at IS NULL;
CREATE TABLE usual_line_signers (
    line_id     uuid NOT NULL REFERENCES usual_lines,
    ord         int NOT NULL,
    role        text NOT NULL,
    official_id uuid NOT NULL REFERENCES officials,
    department  text NOT NULL, -- of the official, when the line was kept: a consulted department stays when its head changes
    CONSTRAINT one_usual_signer_each PRIMARY KEY (line_id, ord)
);

-- A rule that has ended stays on record. Lines ask for those that stand, under the name that the release before knows.
ALTER TABLE delegations RENAME TO delegation_rules;
ALTER TABLE delegation_rules
    DROP CONSTRAINT one_delegation_each,
    ADD COLUMN id         uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT one_delegation_per_id PRIMARY KEY,
    ADD COLUMN made_by    uuid REFERENCES officials, -- NULL: the city began with it
    ADD COLUMN made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN reason     text NOT NULL DEFAULT '',
    ADD COLUMN ended_by   uuid REFERENCES officials,
    ADD COLUMN ended_at   timestamptz,
    ADD COLUMN end_reason text NOT NULL DEFAULT '',
    ADD CONSTRAINT delegation_end_has_its_hand CHECK ((ended_by IS NULL) = (ended_at IS NULL));
CREATE UNIQUE INDEX one_delegation_each ON delegation_rules (noun, department, duty) WHERE ended_at IS NULL;
CREATE VIEW delegations AS SELECT noun, department, duty FROM delegation_rules WHERE ended_at IS NULL;

CREATE FUNCTION keep_delegation_rules() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR (OLD.noun, OLD.department, OLD.duty) IS DISTINCT FROM (NEW.noun, NEW.department, NEW.duty) THEN
        RAISE EXCEPTION 'a rule of delegation is ended, never deleted or changed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_rules_are_kept BEFORE UPDATE OR DELETE ON delegation_rules FOR EACH ROW EXECUTE FUNCTION keep_delegation_rules();
