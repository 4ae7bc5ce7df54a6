package office

import (
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

// Responses are the city's answers, version by version.
type Responses interface {
	Response(ctx context.Context, forumID forum.ID) (forum.Response, error)
	SaveResponse(ctx context.Context, by forum.Official, from string, forumID forum.ID, base int, paragraphs []forum.Paragraph) (forum.Response, error)
}

// response is a forum's answer; one that isn't begun is an empty draft.
func (h *Handlers) response(ctx context.Context, forumID forum.ID) (forum.Response, error) {
	r, err := h.Store.Response(ctx, forumID)
	if forum.CodeOf(err) == forum.NotFound {
		return forum.Response{Forum: forumID, Status: forum.ResponseDraft}, nil
	}
	return r, err
}

// paragraphFields are one paragraph on the form.
type paragraphFields struct {
	N       int
	Part    forum.Paragraph
	Heading string
	Fields  []*field
	First   bool
	Last    bool
}

type responseView struct {
	head
	Response   forum.Response
	Base       int
	MayEdit    bool
	Paragraphs []paragraphFields
	Forms      []form
	Approval   *approvalLine
	Unsaved    bool
	Correct    string // the words of the way to its correction
}

// Response shows the city's answer: an editor for whoever may edit it, the paragraphs for everybody else.
func (h *Handlers) Response(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	r, err := h.response(c, t.ID)
	if err != nil {
		return err
	}
	view, err := h.responseView(c, t, r, r.Paragraphs, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "response", view)
}

func (h *Handlers) responseView(c *gin.Context, t topic, r forum.Response, paragraphs []forum.Paragraph, s sheet) (responseView, error) {
	r.SavedBy = h.named(c, s.lang, r.SavedBy)
	view := responseView{head: h.head(c, t, "response"), Response: r, Base: r.Version,
		MayEdit: t.Status == forum.Responding && t.may(officialOf(c), forum.EditResponse) == nil}
	if correctable(c, t) {
		view.Correct = "office.correction.begin"
	}
	for n, p := range paragraphs {
		view.Paragraphs = append(view.Paragraphs, h.paragraphFields(s, p, n, len(paragraphs)))
	}
	a, err := h.Store.ApprovalOf(c, forum.TheResponse, t.ID)
	if err == nil {
		line := h.approvalLine(c, a)
		view.Approval = &line
	} else if forum.CodeOf(err) != forum.NotFound {
		return view, err
	}
	if s.values != nil {
		return view, nil
	}
	for _, action := range []forum.Action{forum.SubmitResponse, forum.PublishResponse} {
		ready, err := h.isReady(c, t, action)
		if err != nil {
			return view, err
		}
		if !ready || !slices.Contains(forum.ForumDecisions[action], t.Status) || t.may(officialOf(c), action) != nil {
			continue
		}
		q, err := h.forumQuestion(c, t, action)
		if err != nil {
			return view, err
		}
		one := h.sheet(c, nil, nil)
		one.prefix = string(action) + "-"
		view.Forms = append(view.Forms, h.form(c, q, one, newKey()))
	}
	return view, nil
}

// The fields of one paragraph; every paragraph sends every field, so that the places agree.
const (
	paragraphText        = "paragraph_text[]"
	paragraphDisposition = "paragraph_disposition[]"
	paragraphReason      = "paragraph_reason[]"
	paragraphTerms       = "paragraph_terms[]"
)

// paragraphField names the form's field for a rule's field.
var paragraphField = map[string]string{"text": paragraphText, "disposition": paragraphDisposition, "reason": paragraphReason, "terms": paragraphTerms}

func (h *Handlers) paragraphFields(s sheet, p forum.Paragraph, n, of int) paragraphFields {
	s.values = nil // the paragraphs are what was typed
	dispositions := []page.Choice{{Text: s.text("office.choose")}}
	for _, d := range forum.Dispositions {
		dispositions = append(dispositions, page.Choice{Value: string(d), Text: s.text("status.disposition." + string(d))})
	}
	return paragraphFields{N: n, Part: p, First: n == 0, Last: n == of-1, Heading: s.text("office.response.paragraph", "n", n+1), Fields: []*field{
		s.nth(page.Field{Name: paragraphText, Kind: "area", Rows: 6, Max: forum.ParagraphTextMax, Required: true, Value: p.Text, Hint: "office.field.markdown"}, "office.field.paragraph_text", n),
		s.nth(page.Field{Name: paragraphDisposition, Kind: "select", Required: true, Choices: dispositions, Value: string(p.Disposition)}, "office.field.disposition", n),
		s.nth(page.Field{Name: paragraphReason, Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: p.Disposition == forum.NotAdopted, Value: p.Reason, Hint: "office.field.paragraph_reason.hint"}, "office.field.paragraph_reason", n),
		s.nth(page.Field{Name: paragraphTerms, Value: strings.Join(p.Terms, ", "), Hint: "office.field.terms.hint"}, "office.field.terms", n),
	}}
}

// SaveResponse saves a version, or does to the unsaved form what one of its small buttons says: add, remove, move.
func (h *Handlers) SaveResponse(c *gin.Context) error {
	t, err := h.topic(c, forum.EditResponse)
	if err != nil {
		return err
	}
	r, err := h.response(c, t.ID)
	if err != nil {
		return err
	}
	return h.editParagraphs(c, t, paragraphEditor{noun: forum.TheResponse,
		show: func(s sheet, base int, paragraphs []forum.Paragraph) (any, error) {
			view, err := h.responseView(c, t, r, paragraphs, s)
			view.Base, view.Unsaved = base, true
			return view, err
		},
		save: func(_ *page.Values, base int, paragraphs []forum.Paragraph) error {
			_, err := h.Store.SaveResponse(c, officialOf(c).Official, c.ClientIP(), t.ID, base, paragraphs)
			return err
		}})
}

// paragraphEditor is what the editors of a response and of its correction do each in its own way.
type paragraphEditor struct {
	noun   forum.Noun // of the document that an edit makes void; the editor's page and template are called the same
	show   func(s sheet, base int, paragraphs []forum.Paragraph) (any, error)
	faults func(*page.Values) error // beside the paragraphs; nil: none
	save   func(v *page.Values, base int, paragraphs []forum.Paragraph) error
}

// editParagraphs saves what was typed, or rearranges it; what is refused is shown again with its words kept.
func (h *Handlers) editParagraphs(c *gin.Context, t topic, e paragraphEditor) error {
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	paragraphs := paragraphsOf(values)
	base, baseErr := values.Int("base")
	show := func(paragraphs []forum.Paragraph, err error) error {
		view, viewErr := e.show(h.sheet(c, values, err), base, paragraphs)
		if viewErr != nil {
			return viewErr
		}
		if err == nil {
			return h.site.Render(c, http.StatusOK, string(e.noun), view)
		}
		return h.site.Refused(c, string(e.noun), view, err)
	}
	if err := errors.Join(err, baseErr); err != nil {
		return show(paragraphs, err)
	}
	if changed, ok := rearranged(paragraphs, values.Get("do"), func() forum.Paragraph { return forum.Paragraph{} }); ok {
		return show(changed, nil)
	}
	faults := paragraphFaults(paragraphs)
	if e.faults != nil {
		faults = errors.Join(faults, e.faults(values))
	}
	if faults != nil {
		return show(paragraphs, faults)
	}
	document := h.underReview(c, e.noun, t.ID)
	if err := e.save(values, base, paragraphs); err != nil {
		return show(paragraphs, err)
	}
	h.wakeVoided(c, t.ID, document)
	h.site.Flash(c, "notice.office.saved")
	return h.site.Redirect(c, page.To(c, "forums", t.ID, string(e.noun)))
}

// paragraphsOf reads the paragraphs as they stand on the form.
func paragraphsOf(v *page.Values) []forum.Paragraph {
	at := func(name string, n int) string {
		if all := v.All(name); n < len(all) {
			return all[n]
		}
		return ""
	}
	var paragraphs []forum.Paragraph
	for n := range v.All(paragraphText) {
		p := forum.Paragraph{Text: at(paragraphText, n), Disposition: forum.Disposition(at(paragraphDisposition, n)), Reason: at(paragraphReason, n)}
		for term := range strings.SplitSeq(at(paragraphTerms, n), ",") {
			if term = strings.TrimSpace(term); term != "" {
				p.Terms = append(p.Terms, term)
			}
		}
		paragraphs = append(paragraphs, p)
	}
	return paragraphs
}

// paragraphFaults tells all that is to be mended, each beside its field.
func paragraphFaults(paragraphs []forum.Paragraph) error {
	var faults []error
	if len(paragraphs) > forum.ParagraphsMax {
		faults = append(faults, forum.Refuse(forum.Invalid, "response.too_many_paragraphs").With("most", strconv.Itoa(forum.ParagraphsMax)))
	}
	for n, p := range paragraphs {
		if refusal := forum.RefusalIn(p.Validate()); refusal != nil {
			faults = append(faults, refusal.At(place(paragraphField[refusal.Fields["field"]], n)))
		}
	}
	return errors.Join(faults...)
}
