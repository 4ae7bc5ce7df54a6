-- The calendar: how many working days each wait was promised, so that a holiday declared late can move it.

ALTER TABLE owed ADD COLUMN days int NOT NULL DEFAULT 0 CONSTRAINT owed_days_not_negative CHECK (days >= 0); -- 0: due is an instant of its own
