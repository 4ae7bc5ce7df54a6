package office

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// recordVersion tells programs how to read a record. It grows when a field changes its meaning or goes away.
const recordVersion = 1

// record is an approved or returned document for programs: its exact text with its fingerprint, its line, and all that was done
// in it. Nobody's telephone or address is in it.
type record struct {
	Version      int           `json:"version"`
	ID           forum.ID      `json:"id"`
	Document     string        `json:"document,omitempty"`
	Kind         forum.Noun    `json:"kind"`
	Subject      forum.ID      `json:"subject"`
	Title        string        `json:"title"`
	Department   recordUnit    `json:"department"`
	Status       string        `json:"status"`
	Holds        bool          `json:"holds"` // the approval covers the text as it stands now
	AfterTheFact bool          `json:"after_the_fact"`
	Alarm        forum.Alarm   `json:"alarm,omitempty"`
	DraftedAt    time.Time     `json:"drafted_at"`
	DecidedAt    time.Time     `json:"decided_at,omitzero"`
	TextVersion  int           `json:"text_version"`
	Text         string        `json:"text"` // exactly what sha256 is of
	SHA256       string        `json:"sha256"`
	Drafter      recordPerson  `json:"drafter"`
	Line         []recordPlace `json:"line"`
	Events       []recordEvent `json:"events"`
}

type recordUnit struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type recordPerson struct {
	ID         forum.ID `json:"id"`
	Name       string   `json:"name"`
	Title      string   `json:"title,omitempty"`
	Department string   `json:"department,omitempty"`
}

type recordPlace struct {
	Place      int                `json:"place"`
	Role       forum.SignerRole   `json:"role"`
	Signer     recordPerson       `json:"signer"`
	Status     forum.SignerStatus `json:"status"`
	At         time.Time          `json:"at,omitzero"`
	Final      bool               `json:"final"`
	Substitute string             `json:"substitute,omitempty"`
	Disagrees  bool               `json:"disagrees"`
	Comment    string             `json:"comment,omitempty"`
}

type recordEvent struct {
	At        time.Time           `json:"at"`
	Kind      forum.LineEventKind `json:"kind"`
	Place     int                 `json:"place,omitempty"`
	Of        string              `json:"of,omitempty"` // whose place it was
	By        string              `json:"by,omitempty"` // who acted; empty: the city itself
	Final     bool                `json:"final"`
	Disagrees bool                `json:"disagrees"`
	Comment   string              `json:"comment,omitempty"`
	Decision  forum.ID            `json:"decision,omitempty"`
}

// Record gives a document to programs.
func (h *Handlers) Record(c *gin.Context) error {
	a, err := h.approvalFor(c)
	if err != nil {
		return err
	}
	r := record{Version: recordVersion, ID: a.ID, Document: a.Document, Kind: a.Noun, Subject: a.Subject, Title: a.Title,
		Department: recordUnit{a.Department, h.department(c, "ko", a.Department)}, Status: string(a.Status), Holds: a.Holds(),
		AfterTheFact: a.AfterTheFact, Alarm: a.Alarm, DraftedAt: a.DraftedAt, DecidedAt: a.DecidedAt, TextVersion: a.Version, Text: a.Text,
		SHA256: a.SHA256, Drafter: h.recordPerson(c, a.Drafter, a.DrafterName), Line: []recordPlace{}, Events: []recordEvent{}}
	for _, s := range a.Line {
		r.Line = append(r.Line, recordPlace{s.Order, s.Role, h.recordPerson(c, s.Official, s.Name), s.Status, s.At, s.Final, s.SignedBy, s.Disagrees, s.Comment})
	}
	for _, e := range a.History {
		r.Events = append(r.Events, recordEvent{e.At, e.Kind, e.Order, e.Name, e.ByName, e.Final, e.Disagrees, e.Text, e.Decision})
	}
	c.Header("Content-Disposition", `attachment; filename="record-`+string(a.ID)+`.json"`)
	c.JSON(http.StatusOK, r)
	return nil
}

func (h *Handlers) recordPerson(c *gin.Context, id forum.ID, name string) recordPerson {
	officials, _ := h.names(c)
	o := officials[id]
	return recordPerson{ID: id, Name: name, Title: o.Title, Department: o.Department}
}

// PrintApproval is a document as it is filed: one A4 page after another, its stamps on top.
func (h *Handlers) PrintApproval(c *gin.Context) error {
	a, err := h.approvalFor(c)
	if err != nil {
		return err
	}
	view, err := h.approvalView(c, a)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "approval_print", view)
}
