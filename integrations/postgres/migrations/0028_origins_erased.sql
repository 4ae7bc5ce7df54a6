-- Once a forum has been closed long enough, where its votes and opinions came from is erased; this says that it was.
ALTER TABLE forums ADD COLUMN origins_erased_at timestamptz;
