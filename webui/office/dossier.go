package office

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Dossiers keep what is posted with a topic, version by version.
type Dossiers interface {
	Dossier(ctx context.Context, forumID forum.ID) (forum.Dossier, error)
	SaveDossier(ctx context.Context, by forum.Official, from string, forumID forum.ID, base int, items []forum.DossierItem) (forum.Dossier, error)
	Files
}

var stances = []forum.Stance{forum.StanceFor, forum.StanceAgainst, forum.StanceNeutral}

// itemFields are one dossier item on the form.
type itemFields struct {
	N       int
	Item    forum.DossierItem
	Heading string
	Fields  []*field
	First   bool
	Last    bool
	Preview string // Markdown
	File    forum.DossierFile
	Hidden  []held // of the fields that this kind doesn't show
}

type dossierView struct {
	head
	Dossier  forum.Dossier
	Missing  []string
	Base     int
	MayEdit  bool
	Items    []itemFields
	Kinds    []page.Choice
	Submit   *form
	Approval *approvalLine
	Unsaved  bool
}

// Dossier shows a topic's material: an editor for whoever may edit it, the items for everybody else.
func (h *Handlers) Dossier(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	d, err := h.Store.Dossier(c, t.ID)
	if err != nil && forum.CodeOf(err) != forum.NotFound {
		return err
	}
	view, err := h.dossierView(c, t, d, d.Items, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "dossier", view)
}

func (h *Handlers) dossierView(c *gin.Context, t topic, d forum.Dossier, items []forum.DossierItem, s sheet) (dossierView, error) {
	d.SavedBy = h.named(c, s.lang, d.SavedBy)
	view := dossierView{head: h.head(c, t, "dossier"), Dossier: d, Base: d.Version, MayEdit: t.may(officialOf(c), forum.EditDossier) == nil && editable(t.Status)}
	for _, kind := range forum.Missing(items) {
		view.Missing = append(view.Missing, s.text("office.item."+string(kind)))
	}
	for _, kind := range forum.ItemKinds {
		view.Kinds = append(view.Kinds, page.Choice{Value: string(kind), Text: s.text("office.item." + string(kind))})
	}
	for n, item := range items {
		view.Items = append(view.Items, h.itemFields(s, item, n, len(items)))
	}
	a, err := h.Store.ApprovalOf(c, forum.TheDossier, t.ID)
	if err == nil {
		line := h.approvalLine(c, a)
		view.Approval = &line
	} else if forum.CodeOf(err) != forum.NotFound {
		return view, err
	}
	if s.values != nil || t.may(officialOf(c), forum.SubmitDossier) != nil || !slices.Contains(forum.ForumDecisions[forum.SubmitDossier], t.Status) ||
		!slices.Contains(forum.DossierSteps.Before(forum.DossierSubmitted), d.Status) || len(view.Missing) > 0 || d.Version == 0 {
		return view, nil
	}
	q, err := h.forumQuestion(c, t, forum.SubmitDossier)
	if err != nil {
		return view, err
	}
	submit := h.sheet(c, nil, nil)
	submit.prefix = "submit-"
	f := h.form(c, q, submit, newKey())
	view.Submit = &f
	return view, nil
}

// editable says whether a dossier can still change in this status of its forum: until the board closes.
func editable(s forum.ForumStatus) bool {
	return slices.Contains(forum.ForumDecisions[forum.SubmitDossier], s)
}

// The fields of one item; every item sends every field, so that the places agree.
const (
	itemKind        = "item_kind[]"
	itemTitle       = "item_title[]"
	itemBody        = "item_body[]"
	itemLink        = "item_link[]"
	itemName        = "item_name[]"
	itemAffiliation = "item_affiliation[]"
	itemStance      = "item_stance[]"
	itemAlt         = "item_alt[]"
	itemFile        = "item_file[]" // the id of a file that is there
	itemUpload      = "item_upload" // its input, one for each place
)

// itemField names the form's field for a rule's field.
var itemField = map[string]string{"kind": itemKind, "title": itemTitle, "body": itemBody, "link": itemLink, "name": itemName, "affiliation": itemAffiliation, "stance": itemStance,
	"alt": itemAlt, "file": itemUpload}

func (h *Handlers) itemFields(s sheet, item forum.DossierItem, n, of int) itemFields {
	s.values = nil // the items are what was typed
	f := itemFields{N: n, Item: item, First: n == 0, Last: n == of-1, Preview: item.Body,
		Heading: s.text("office.dossier.item", "n", n+1, "kind", s.text("office.item."+string(cmp.Or(item.Kind, forum.Background))))}
	var kinds []page.Choice
	for _, kind := range forum.ItemKinds {
		kinds = append(kinds, page.Choice{Value: string(kind), Text: s.text("office.item." + string(kind))})
	}
	sides := []page.Choice{{Text: s.text("office.choose")}}
	for _, stance := range stances {
		sides = append(sides, page.Choice{Value: string(stance), Text: s.text("office.stance." + string(stance))})
	}
	isExpert, hasLink := item.Kind == forum.ExpertOpinion, item.Kind == forum.Video || item.Kind == forum.Map
	f.Fields = []*field{
		s.nth(page.Field{Name: itemKind, Kind: "select", Required: true, Choices: kinds, Value: string(item.Kind)}, "office.field.item_kind", n),
		s.nth(page.Field{Name: itemTitle, Required: true, Value: item.Title}, "office.field.item_title", n),
		s.nth(page.Field{Name: itemBody, Kind: "area", Rows: 8, Max: forum.ItemBodyMax, Required: !hasLink && item.Kind != forum.Attachment, Value: item.Body, Hint: "office.field.markdown"}, "office.field.item_body", n),
	}
	optional := []*field{
		s.nth(page.Field{Name: itemName, Required: isExpert, Value: item.Name}, "office.field.item_name", n),
		s.nth(page.Field{Name: itemAffiliation, Value: item.Affiliation}, "office.field.item_affiliation", n),
		s.nth(page.Field{Name: itemStance, Kind: "select", Required: isExpert, Choices: sides, Value: string(item.Stance)}, "office.field.item_stance", n),
		s.nth(page.Field{Name: itemLink, Kind: "url", Required: hasLink, Value: item.Link, Hint: "office.field.item_link.hint"}, "office.field.item_link", n),
	}
	f.Fields = append(f.Fields, optional...)
	f.File = item.File
	f.Hidden = []held{{itemFile, string(item.File.ID)}, {itemAlt, item.Alt}}
	if item.Kind == forum.Attachment {
		f.Fields = append(f.Fields[:3], fileFields(s, item, n)...)
		f.Hidden = []held{{itemFile, string(item.File.ID)}, {itemName, item.Name}, {itemAffiliation, item.Affiliation}, {itemStance, string(item.Stance)}, {itemLink, item.Link}}
	}
	return f
}

// SaveDossier saves a version, or does to the unsaved form what one of its small buttons says: add, remove, move.
func (h *Handlers) SaveDossier(c *gin.Context) error {
	t, err := h.topic(c, forum.EditDossier)
	if err != nil {
		return err
	}
	values, uploads, err := page.FormWithFiles(c, dossierLimits)
	if values == nil {
		return err
	}
	items, uploadErr := h.withUploads(c, t, itemsOf(values), uploads)
	if uploadErr != nil && forum.RefusalIn(uploadErr) == nil {
		return uploadErr
	}
	d, loadErr := h.Store.Dossier(c, t.ID)
	if loadErr != nil && forum.CodeOf(loadErr) != forum.NotFound {
		return loadErr
	}
	base, baseErr := values.Int("base")
	show := func(items []forum.DossierItem, err error) error {
		view, viewErr := h.dossierView(c, t, d, items, h.sheet(c, values, err))
		if viewErr != nil {
			return viewErr
		}
		view.Base, view.Unsaved = base, true
		if err == nil {
			return h.site.Render(c, http.StatusOK, "dossier", view)
		}
		return h.site.Refused(c, "dossier", view, err)
	}
	if err := errors.Join(err, baseErr, uploadErr); err != nil {
		return show(items, err)
	}
	if changed, ok := rearranged(items, values.Get("do"), func() forum.DossierItem { return forum.DossierItem{Kind: forum.ItemKind(values.Get("add_kind"))} }); ok {
		return show(changed, nil)
	}
	if err := itemFaults(items); err != nil {
		return show(items, err)
	}
	document := h.underReview(c, forum.TheDossier, t.ID)
	if _, err := h.Store.SaveDossier(c, officialOf(c).Official, c.ClientIP(), t.ID, base, items); err != nil {
		return show(items, err)
	}
	h.wakeVoided(c, t.ID, document)
	h.site.Flash(c, "notice.office.saved")
	return h.site.Redirect(c, page.To(c, "forums", t.ID, "dossier"))
}

// itemsOf reads the items as they stand on the form.
func itemsOf(v *page.Values) []forum.DossierItem {
	at := func(name string, n int) string {
		if all := v.All(name); n < len(all) {
			return all[n]
		}
		return ""
	}
	var items []forum.DossierItem
	for n := range v.All(itemKind) {
		items = append(items, forum.DossierItem{
			Kind: forum.ItemKind(at(itemKind, n)), Title: at(itemTitle, n), Body: at(itemBody, n), Link: at(itemLink, n),
			Name: at(itemName, n), Affiliation: at(itemAffiliation, n), Stance: forum.Stance(at(itemStance, n)),
			File: forum.DossierFile{ID: forum.ID(at(itemFile, n))}, Alt: at(itemAlt, n),
		})
	}
	return items
}

// itemFaults tells all that is to be mended, each beside its field.
func itemFaults(items []forum.DossierItem) error {
	var faults []error
	if len(items) > forum.ItemsMax {
		faults = append(faults, forum.Refuse(forum.Invalid, "dossier.too_many_items").With("most", strconv.Itoa(forum.ItemsMax)))
	}
	for n, item := range items {
		if refusal := forum.RefusalIn(item.Validate()); refusal != nil {
			faults = append(faults, refusal.At(place(itemField[refusal.Fields["field"]], n)))
		}
	}
	if err := forum.ValidateFiles(items); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// rearranged does what a small button of an editor says: "add", "remove.2", "up.2", "down.2". It says false for anything
// else, which is a save.
func rearranged[T any](all []T, do string, fresh func() T) ([]T, bool) {
	verb, place, _ := strings.Cut(do, ".")
	n, err := strconv.Atoi(place)
	inside := err == nil && n >= 0 && n < len(all)
	all = slices.Clone(all)
	switch {
	case verb == "add":
		return append(all, fresh()), true
	case verb == "remove" && inside:
		return slices.Delete(all, n, n+1), true
	case verb == "up" && inside && n > 0:
		all[n-1], all[n] = all[n], all[n-1]
		return all, true
	case verb == "down" && inside && n < len(all)-1:
		all[n+1], all[n] = all[n], all[n+1]
		return all, true
	}
	return all, verb == "preview"
}
