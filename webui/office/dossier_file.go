package office

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Files keep what is attached to dossiers.
type Files interface {
	AddFile(ctx context.Context, by forum.Official, from string, forumID forum.ID, file forum.NewFile) (forum.DossierFile, error)
	WithFiles(ctx context.Context, forumID forum.ID, items []forum.DossierItem) ([]forum.DossierItem, error)
	File(ctx context.Context, forumID, file forum.ID) (forum.DossierFile, error)
	FileSlice(ctx context.Context, file forum.ID, from, n int) ([]byte, error)
}

// dossierLimits let two of the largest files come at once.
var dossierLimits = page.FormLimits{Texts: editorLimit, File: forum.FileMax, Files: 2 * forum.FileMax}

// fileFields are an attachment's own: a picture must be told to whoever can't see it.
func fileFields(s sheet, item forum.DossierItem, n int) []*field {
	there := item.File.ID != ""
	label := "office.field.item_upload"
	if there {
		label = "office.field.item_upload_other"
	}
	upload := s.nth(page.Field{Name: itemUpload, Kind: "file", Required: !there, Accept: endings(), Hint: "office.field.item_upload.hint"}, label, n)
	upload.Name = upload.at
	return []*field{
		upload,
		s.nth(page.Field{Name: itemAlt, Required: item.File.Type.IsPicture(), Value: item.Alt, Max: forum.AltMax, Hint: "office.field.item_alt.hint"}, "office.field.item_alt", n),
	}
}

// endings are what a browser offers to choose from.
func endings() string {
	all := []string{".jpg"}
	for _, t := range forum.FileTypes {
		all = append(all, "."+string(t))
	}
	return strings.Join(all, ",")
}

// withUploads keeps the files that came with a form, and gives the items with those that they now have. What is refused stands
// beside its field; the others are kept, so that nobody has to choose them again.
func (h *Handlers) withUploads(c *gin.Context, t topic, items []forum.DossierItem, uploads map[string]page.Uploaded) ([]forum.DossierItem, error) {
	var faults []error
	for n := range items {
		at := place(itemUpload, n)
		upload, came := uploads[at]
		if !came {
			continue
		}
		kept, err := h.keep(c, t, upload)
		if refusal := forum.RefusalIn(err); refusal != nil {
			faults = append(faults, refusal.At(at))
		} else if err != nil {
			return items, err
		} else {
			items[n].File = kept
		}
	}
	whole, err := h.Store.WithFiles(c, t.ID, items)
	if err != nil {
		return items, err
	}
	return whole, errors.Join(faults...)
}

func (h *Handlers) keep(c *gin.Context, t topic, upload page.Uploaded) (forum.DossierFile, error) {
	if upload.Err != nil {
		return forum.DossierFile{}, upload.Err
	}
	file, err := h.Inspect(upload.Name, upload.Content)
	if err != nil {
		return forum.DossierFile{}, err
	}
	return h.Store.AddFile(c, officialOf(c).Official, c.ClientIP(), t.ID, file)
}

// File is an attachment of a forum's dossier, of any version, for whoever may read it.
func (h *Handlers) File(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	return h.sendFile(c, t.ID)
}

// ApprovalFile is an attachment of the document that somebody is to sign, or has.
func (h *Handlers) ApprovalFile(c *gin.Context) error {
	a, err := h.approvalFor(c)
	if err != nil {
		return err
	}
	for _, f := range filesIn(a) {
		if string(f.ID) == c.Param("file") {
			return h.sendFile(c, a.Subject)
		}
	}
	return forum.Refuse(forum.NotFound, "page.not_found")
}

// filesIn are the files that a document's exact text names.
func filesIn(a forum.Approval) []forum.DossierFile {
	var items []forum.DossierItem
	if a.Noun != forum.TheDossier || json.Unmarshal([]byte(a.Text), &items) != nil {
		return nil
	}
	var files []forum.DossierFile
	for _, item := range items {
		if item.File.ID != "" {
			files = append(files, item.File)
		}
	}
	return files
}

func (h *Handlers) sendFile(c *gin.Context, forumID forum.ID) error {
	file, err := forum.ParseID(c.Param("file"))
	if err != nil {
		return err
	}
	f, err := h.Store.File(c, forumID, file)
	if err != nil {
		return err
	}
	return page.SendFile(c, f, func(ctx context.Context, from, n int) ([]byte, error) { return h.Store.FileSlice(ctx, f.ID, from, n) })
}
