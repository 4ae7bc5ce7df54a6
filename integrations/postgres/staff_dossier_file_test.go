package postgres_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

var planFile = forum.NewFile{Name: "광장 조성 계획.pdf", Type: forum.PDF, Content: []byte("%PDF-1.7 계획 %%EOF")}

// attached keeps a file and gives the whole dossier with it.
func (c city) attached(id forum.ID, file forum.NewFile) []forum.DossierItem {
	c.t.Helper()
	named, err := c.AddFile(c.t.Context(), c.official("road.drafter"), "10.0.0.2", id, file)
	c.must(err)
	return append(slices.Clone(wholeDossier), forum.DossierItem{Kind: forum.Attachment, Title: "조성 계획", File: forum.DossierFile{ID: named.ID}})
}

// TestFileIsReadOnceItsVersionIsApproved: before that, and once another version is, citizens get nothing of it.
func TestFileIsReadOnceItsVersionIsApproved(t *testing.T) {
	c := newCity(t)
	id := c.open()
	d, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, c.attached(id, planFile))
	c.must(err)
	file := d.Items[3].File
	if file != planFile.Named(file.ID) {
		t.Errorf("the file is %+v", file)
	}
	_, err = c.PublicFile(t.Context(), id, file.ID)
	refused(t, err, forum.NotFound, "page.not_found")
	approve := func() {
		t.Helper()
		c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
		c.signed(forum.TheDossier, id, "road.head")
	}
	approve()
	if got, err := c.PublicFile(t.Context(), id, file.ID); err != nil || got != file {
		t.Errorf("citizens get %+v, %v", got, err)
	}
	whole, err := c.FileSlice(t.Context(), file.ID, 0, file.Size)
	c.must(err)
	part, err := c.FileSlice(t.Context(), file.ID, 5, 3)
	if err != nil || !bytes.Equal(whole, planFile.Content) || string(part) != "1.7" {
		t.Errorf("%q and %q, %v", whole, part, err)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE forum_id = $1 AND action = 'dossier.edit' AND reason LIKE '%' || $2 || '%'`, id, file.SHA256); n != 1 {
		t.Errorf("%d audit rows tell of the file", n)
	}

	another := c.preparing()
	_, err = c.PublicFile(t.Context(), another, file.ID)
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = c.File(t.Context(), another, file.ID)
	refused(t, err, forum.NotFound, "page.not_found")

	replaced := planFile
	replaced.Content = []byte("%PDF-1.7 고친 계획 %%EOF")
	d, err = c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 2, c.attached(id, replaced))
	c.must(err)
	if _, err := c.PublicFile(t.Context(), id, file.ID); err != nil {
		t.Errorf("citizens lost what is still approved: %v", err)
	}
	approve()
	_, err = c.PublicFile(t.Context(), id, file.ID)
	refused(t, err, forum.NotFound, "page.not_found")
	if _, err := c.PublicFile(t.Context(), id, d.Items[3].File.ID); err != nil {
		t.Error(err)
	}
	if _, err := c.File(t.Context(), id, file.ID); err != nil {
		t.Errorf("the older version has lost its file: %v", err)
	}
	c.wantNothingWrong()
}

// TestReplacedFileVoidsTheApproval: the same name, title and size, another content.
func TestReplacedFileVoidsTheApproval(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	_, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, c.attached(id, planFile))
	c.must(err)
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head", "officer"))
	a, err := c.ApprovalOf(t.Context(), forum.TheDossier, id)
	c.must(err)
	sum := planFile.Named("").SHA256
	if !strings.Contains(a.Text, sum) || !strings.Contains(a.Text, planFile.Name) {
		t.Errorf("what is signed doesn't name the file: %s", a.Text)
	}
	_, err = c.BeginReview(t.Context(), a.ID)
	c.must(err)
	c.must(c.sign("road.head", a.ID))
	other := planFile
	other.Content = []byte("%PDF-1.7 딴것 %%EOF")
	_, err = c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 2, c.attached(id, other))
	c.must(err)
	a, err = c.Approval(t.Context(), a.ID)
	c.must(err)
	if a.Status != forum.Voided || a.Holds() || a.SHA256 == a.Current {
		t.Errorf("the approval is %s and holds: %v", a.Status, a.Holds())
	}
	refused(t, c.sign("officer", a.ID), forum.Conflict, "procedure.moved_on")
}

// TestFileNeverChanges, not even behind the store's back, and goes only while no version has it.
func TestFileNeverChanges(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	items := c.attached(id, planFile)
	_, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, items)
	c.must(err)
	file := items[3].File.ID
	for name, sql := range map[string]string{
		"its bytes":   `UPDATE dossier_files SET content = 'x', size = 1 WHERE id = $1`,
		"its name":    `UPDATE dossier_files SET name = 'x.pdf' WHERE id = $1`,
		"all of it":   `DELETE FROM dossier_files WHERE id = $1`,
		"a false sum": `INSERT INTO dossier_files (id, forum_id, name, type, size, sha256, content) SELECT gen_random_uuid(), forum_id, name, type, 1, sha256, 'x' FROM dossier_files WHERE id = $1`,
	} {
		if _, err := c.Pool().Exec(t.Context(), sql, file); err == nil {
			t.Errorf("%s may change", name)
		}
	}
	unused, err := c.AddFile(t.Context(), c.official("road.drafter"), "", id, planFile)
	c.must(err)
	exec(t, c.Store, `ALTER TABLE dossier_files DISABLE TRIGGER dossier_files_are_kept`)
	exec(t, c.Store, `UPDATE dossier_files SET added_at = added_at - interval '2 days'`)
	exec(t, c.Store, `ALTER TABLE dossier_files ENABLE TRIGGER dossier_files_are_kept`)
	_, err = c.AddFile(t.Context(), c.official("road.drafter"), "", id, planFile)
	c.must(err)
	_, err = c.File(t.Context(), id, unused.ID)
	refused(t, err, forum.NotFound, "page.not_found")
	if _, err := c.File(t.Context(), id, file); err != nil {
		t.Errorf("a version has lost its file: %v", err)
	}
}

// TestFilesOfOthersAreRefused: another department's forum, a file of another forum, one that is over.
func TestFilesOfOthersAreRefused(t *testing.T) {
	c := newCity(t)
	mine, other := c.preparing(), c.preparing()
	_, err := c.AddFile(t.Context(), c.official("parks.head"), "", mine, planFile)
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = c.AddFile(t.Context(), c.official("road.drafter"), "", postgres.NewID(), planFile)
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = c.SaveDossier(t.Context(), c.official("road.drafter"), "", mine, 1, c.attached(other, planFile))
	refused(t, err, forum.Invalid, "dossier.file_missing")
	exec(t, c.Store, `UPDATE forums SET status = 'archived', opens_at = now() - interval '2 days', closes_at = now() - interval '1 day' WHERE id = $1`, other)
	_, err = c.AddFile(t.Context(), c.official("road.drafter"), "", other, planFile)
	refused(t, err, forum.Conflict, "procedure.moved_on")
	lying := planFile
	lying.Name = "계획.exe"
	_, err = c.AddFile(t.Context(), c.official("road.drafter"), "", mine, lying)
	refused(t, err, forum.Invalid, "file.ending_lies")
}

// TestDossierHasRoomForSoMuch fills it with what it says of itself; the bytes aren't needed for that.
func TestDossierHasRoomForSoMuch(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	exec(t, c.Store, `ALTER TABLE dossier_files DROP CONSTRAINT file_size_bounded`)
	exec(t, c.Store, `INSERT INTO dossier_files (id, forum_id, name, type, size, sha256, content) VALUES (gen_random_uuid(), $1, 'a.txt', 'txt', $2, encode(sha256(''), 'hex'), '')`,
		id, forum.FilesStored-5)
	_, err := c.AddFile(t.Context(), c.official("road.drafter"), "", id, planFile)
	refused(t, err, forum.Invalid, "dossier.no_room")
}
