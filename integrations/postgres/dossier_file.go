package postgres

import (
	"context"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// unusedFileLife is how long a file waits for a version that has it: whoever filled in the form has saved it by then, or left it.
const unusedFileLife = `interval '24 hours'`

// AddFile keeps a file for a forum's dossier. It belongs to no version until SaveDossier is given an item that names it.
func (s *Store) AddFile(ctx context.Context, by forum.Official, from string, forumID forum.ID, file forum.NewFile) (forum.DossierFile, error) {
	if err := file.Validate(); err != nil {
		return forum.DossierFile{}, err
	}
	named := file.Named(newFileID())
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.forumBy(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if err := mayEditDossier(by, f); err != nil {
			return err
		}
		// The dossier's own row and not the forum's lock: citizens' opinions don't wait for twenty megabytes.
		if _, err := tx.Exec(ctx, `SELECT FROM dossiers WHERE forum_id = $1 FOR UPDATE`, forumID); err != nil {
			return err
		}
		if err := makeRoom(ctx, tx, forumID, named.Size); err != nil {
			return err
		}
		if err := insertFile(ctx, tx, by.ID, forumID, named, file.Content); err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.EditDossier, noun: forum.TheDossier, subject: forumID, forum: forumID,
			reason: named.Name + " (SHA-256 " + named.SHA256 + ")"})
	})
	return named, err
}

// newFileID is random, unlike other ids: an address that anybody may try tells nothing about the next.
func newFileID() forum.ID { return forum.ID(uuid.NewString()) }

// makeRoom removes what no version ever had, and refuses what would be too much all the same.
func makeRoom(ctx context.Context, tx pgx.Tx, forumID forum.ID, size int) error {
	if _, err := tx.Exec(ctx, `
DELETE FROM dossier_files f WHERE f.forum_id = $1 AND f.added_at < now() - `+unusedFileLife+`
	AND NOT EXISTS (SELECT FROM dossier_version_files v WHERE v.file_id = f.id)`, forumID); err != nil {
		return err
	}
	stored := 0
	if err := tx.QueryRow(ctx, `SELECT COALESCE(sum(size), 0) FROM dossier_files WHERE forum_id = $1`, forumID).Scan(&stored); err != nil {
		return err
	}
	if stored+size > forum.FilesStored {
		return forum.Refuse(forum.Invalid, "dossier.no_room").At("file").With("most", strconv.Itoa(forum.FilesStored>>20))
	}
	return nil
}

func insertFile(ctx context.Context, tx pgx.Tx, by, forumID forum.ID, f forum.DossierFile, content []byte) error {
	_, err := tx.Exec(ctx, `
INSERT INTO dossier_files (id, forum_id, name, type, size, sha256, content, added_by) VALUES (@id, @forum, @name, @type, @size, @sha, @content, @by)`,
		pgx.NamedArgs{"id": f.ID, "forum": forumID, "name": f.Name, "type": string(f.Type), "size": f.Size, "sha": f.SHA256, "content": content, "by": orNull(by)})
	return err
}

const fileColumns = `f.id, f.name, f.type, f.size, f.sha256`

func scanFile(row pgx.CollectableRow) (forum.DossierFile, error) {
	var f forum.DossierFile
	err := row.Scan(&f.ID, &f.Name, &f.Type, &f.Size, &f.SHA256)
	return f, err
}

// filesOf are those of the items' files that the forum has, as they are stored: what a form says of a file but its id isn't believed.
func filesOf(ctx context.Context, q querier, forumID forum.ID, items []forum.DossierItem) (map[forum.ID]forum.DossierFile, error) {
	var ids []string
	for _, item := range items {
		if _, err := forum.ParseID(string(item.File.ID)); err == nil {
			ids = append(ids, string(item.File.ID))
		}
	}
	known := map[forum.ID]forum.DossierFile{}
	if len(ids) == 0 {
		return known, nil
	}
	rows, err := q.Query(ctx, `SELECT `+fileColumns+` FROM dossier_files f WHERE f.forum_id = $1 AND f.id = ANY($2::uuid[])`, forumID, ids)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanFile)
	for _, f := range all {
		known[f.ID] = f
	}
	return known, err
}

// WithFiles gives the items with their files as they are stored; an item whose file isn't the forum's has none.
func (s *Store) WithFiles(ctx context.Context, forumID forum.ID, items []forum.DossierItem) ([]forum.DossierItem, error) {
	items, err := withFiles(ctx, s.pool, forumID, items)
	return items, translate(err)
}

func withFiles(ctx context.Context, q querier, forumID forum.ID, items []forum.DossierItem) ([]forum.DossierItem, error) {
	known, err := filesOf(ctx, q, forumID, items)
	if err != nil {
		return nil, err
	}
	whole := make([]forum.DossierItem, len(items))
	for i, item := range items {
		item.File = known[item.File.ID]
		whole[i] = item
	}
	return whole, nil
}

// keepFiles ties the items' files to their version, for as long as there are versions.
func keepFiles(ctx context.Context, tx pgx.Tx, forumID forum.ID, version int, items []forum.DossierItem) error {
	for _, item := range items {
		if item.File.ID == "" {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO dossier_version_files (forum_id, version, file_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			forumID, version, item.File.ID); err != nil {
			return err
		}
	}
	return nil
}

// PublicFile names a file of the version that citizens read, of a forum that they may see; any other is NotFound.
func (s *Store) PublicFile(ctx context.Context, forumID, file forum.ID) (forum.DossierFile, error) {
	var f forum.DossierFile
	var status forum.ForumStatus
	err := s.pool.QueryRow(ctx, `
SELECT `+fileColumns+`, o.status FROM dossier_files f
JOIN forums o ON o.id = f.forum_id JOIN dossiers d ON d.forum_id = f.forum_id
JOIN dossier_version_files v ON v.forum_id = d.forum_id AND v.version = d.approved_version AND v.file_id = f.id
WHERE f.forum_id = $1 AND f.id = $2`, forumID, file).Scan(&f.ID, &f.Name, &f.Type, &f.Size, &f.SHA256, &status)
	if err != nil {
		return forum.DossierFile{}, translate(found(err))
	}
	if !status.IsPublic() {
		return forum.DossierFile{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return f, nil
}

// File names a file of a forum's dossier, of whatever version or none yet, for staff; any other is NotFound.
func (s *Store) File(ctx context.Context, forumID, file forum.ID) (forum.DossierFile, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+fileColumns+` FROM dossier_files f WHERE f.forum_id = $1 AND f.id = $2`, forumID, file)
	if err != nil {
		return forum.DossierFile{}, translate(err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, scanFile)
	return f, translate(found(err))
}

// FileSlice gives up to n bytes of a file from a place on. A file never changes, so that slices of it fit together.
func (s *Store) FileSlice(ctx context.Context, file forum.ID, from, n int) ([]byte, error) {
	var slice []byte
	err := s.pool.QueryRow(ctx, `SELECT substr(content, $2, $3) FROM dossier_files WHERE id = $1`, file, from+1, n).Scan(&slice)
	return slice, translate(found(err))
}
