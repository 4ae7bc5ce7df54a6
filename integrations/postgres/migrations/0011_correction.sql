-- A published response that is put right: the new version has the reason that citizens read, and the day on which it took the
-- place of the old one. Until then the response's own version stays what they read.
ALTER TABLE response_versions
    ADD COLUMN correction   text NOT NULL DEFAULT '',
    ADD COLUMN corrected_at timestamptz,
    ADD CONSTRAINT corrected_with_reason CHECK (corrected_at IS NULL OR correction <> '');
ALTER TABLE approvals
    DROP CONSTRAINT approval_noun_known,
    ADD CONSTRAINT approval_noun_known CHECK (noun IN ('dossier', 'response', 'awards', 'analysis', 'extension', 'minutes', 'early_close', 'suspension', 'urgent',
        'correction'));
INSERT INTO delegations (noun, duty) SELECT 'correction', duty FROM delegations WHERE noun = 'response' AND department = '';
