-- Files of dossiers. Their bytes stand in the database: one backup holds a version and what it refers to, and both are written in
-- one transaction or not at all. 20 MB a file and some dozen files a forum are little for PostgreSQL; EXTERNAL (not compressed) lets
-- a download read them slice by slice. A file never changes; a version keeps what it had.
CREATE TABLE dossier_files (
    id       uuid PRIMARY KEY, -- random, so that one address tells nothing about another
    forum_id uuid NOT NULL REFERENCES forums,
    name     text NOT NULL,
    type     text NOT NULL,
    size     int NOT NULL,
    sha256   text NOT NULL,
    content  bytea NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    added_by uuid REFERENCES officials,
    CONSTRAINT one_forum_per_file UNIQUE (forum_id, id),
    CONSTRAINT file_type_known CHECK (type IN ('pdf', 'hwp', 'hwpx', 'docx', 'xlsx', 'pptx', 'odt', 'ods', 'png', 'jpeg', 'csv', 'txt')),
    CONSTRAINT file_size_bounded CHECK (size = length(content) AND size BETWEEN 1 AND 20971520),
    CONSTRAINT file_sum_right CHECK (sha256 = encode(sha256(content), 'hex'))
);
ALTER TABLE dossier_files ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE dossier_version_files (
    forum_id uuid NOT NULL,
    version  int NOT NULL,
    file_id  uuid NOT NULL,
    CONSTRAINT one_file_per_version PRIMARY KEY (forum_id, version, file_id),
    CONSTRAINT file_of_a_version FOREIGN KEY (forum_id, version) REFERENCES dossier_versions,
    CONSTRAINT version_of_a_file FOREIGN KEY (forum_id, file_id) REFERENCES dossier_files (forum_id, id)
);
CREATE INDEX versions_by_file ON dossier_version_files (file_id);
CREATE FUNCTION keep_dossier_files() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'a file of a dossier is never changed';
END $$;
CREATE TRIGGER dossier_files_are_kept BEFORE UPDATE ON dossier_files FOR EACH ROW EXECUTE FUNCTION keep_dossier_files();
