-- A forum's voters are those of whom a vote stands. How many each has isn't kept any more: every vote cost an update of it.
DELETE FROM forum_voters WHERE standing <= 0;
ALTER TABLE forum_voters ALTER COLUMN standing SET DEFAULT 1;
