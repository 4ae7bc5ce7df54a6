package office

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Corrections put published responses right.
type Corrections interface {
	Correction(ctx context.Context, forumID forum.ID) (forum.Correction, error)
	SaveCorrection(ctx context.Context, by forum.Official, from string, forumID forum.ID, base int, reason string, paragraphs []forum.Paragraph) error
}

type correctionView struct {
	head
	Response   forum.Response
	Base       int
	MayEdit    bool
	InReview   bool
	Reason     *field
	Paragraphs []paragraphFields
	Forms      []form
	Approval   *approvalLine
	Unsaved    bool
}

// correctable says whether the reader may put a forum's response right now.
func correctable(c *gin.Context, t topic) bool {
	return slices.Contains(forum.Correctable, t.Status) && t.may(officialOf(c), forum.CorrectResponse) == nil
}

// Correction shows the draft that puts the response right; before one is begun, the published text to begin from.
func (h *Handlers) Correction(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	draft, err := h.Store.Correction(c, t.ID)
	if err != nil {
		return err
	}
	view, err := h.correctionView(c, t, draft, draft.Paragraphs, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "correction", view)
}

func (h *Handlers) correctionView(c *gin.Context, t topic, draft forum.Correction, paragraphs []forum.Paragraph, s sheet) (correctionView, error) {
	view := correctionView{head: h.head(c, t, "response"), Base: draft.Version, MayEdit: correctable(c, t)}
	var err error
	if view.Response, err = h.response(c, t.ID); err != nil {
		return view, err
	}
	begun := draft.Version > view.Response.Version
	reason := page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: true}
	if begun {
		reason.Value = draft.Reason
	}
	view.Reason = s.field(reason, "office.correction.reason")
	for n, p := range paragraphs {
		view.Paragraphs = append(view.Paragraphs, h.paragraphFields(s, p, n, len(paragraphs)))
	}
	a, err := h.Store.ApprovalOf(c, forum.TheCorrection, t.ID)
	if err == nil {
		line := h.approvalLine(c, a)
		view.Approval, view.InReview = &line, !forum.ApprovalSteps.IsFinal(a.Status)
	} else if forum.CodeOf(err) != forum.NotFound {
		return view, err
	}
	if s.values != nil || !view.MayEdit || !begun || view.InReview {
		return view, nil
	}
	q, err := h.forumQuestion(c, t, forum.CorrectResponse)
	if err != nil {
		return view, err
	}
	one := h.sheet(c, nil, nil)
	one.prefix = string(forum.CorrectResponse) + "-"
	view.Forms = append(view.Forms, h.form(c, q, one, newKey()))
	return view, nil
}

// SaveCorrection saves a draft, or does to the unsaved form what one of its small buttons says.
func (h *Handlers) SaveCorrection(c *gin.Context) error {
	t, err := h.topic(c, forum.CorrectResponse)
	if err != nil {
		return err
	}
	draft, err := h.Store.Correction(c, t.ID)
	if err != nil {
		return err
	}
	return h.editParagraphs(c, t, paragraphEditor{noun: forum.TheCorrection,
		show: func(s sheet, base int, paragraphs []forum.Paragraph) (any, error) {
			view, err := h.correctionView(c, t, draft, paragraphs, s)
			view.Base, view.Unsaved = base, true
			return view, err
		},
		faults: func(v *page.Values) error { return forum.NeedReason(v.Get("reason")) },
		save: func(v *page.Values, base int, paragraphs []forum.Paragraph) error {
			return h.Store.SaveCorrection(c, officialOf(c).Official, c.ClientIP(), t.ID, base, v.Get("reason"), paragraphs)
		}})
}

// ignoreMissing lets pass that there is none yet.
func ignoreMissing(err error) error {
	if forum.CodeOf(err) == forum.NotFound {
		return nil
	}
	return err
}
