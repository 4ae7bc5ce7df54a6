-- Whoever is waited for reads in the next digest that a holiday has moved their clock.
ALTER TABLE notices
    DROP CONSTRAINT notice_kind_known,
    ADD CONSTRAINT notice_kind_known CHECK (kind IN ('owed', 'reminder', 'escalation', 'audit', 'handed_over', 'gave_over', 'stands_in', 'moved'));
