package page

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Problem is an RFC 9457 problem document. Programs read code and key, people read title and detail.
type Problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      forum.Code        `json:"code"`
	Key       string            `json:"key"`
	Fields    map[string]string `json:"fields,omitempty"`
	Errors    []ProblemPart     `json:"errors,omitempty"` // all of them, when there is more than one
	RequestID string            `json:"request_id"`
}

// ProblemPart is one of several things to mend.
type ProblemPart struct {
	Detail string            `json:"detail"`
	Key    string            `json:"key"`
	Fields map[string]string `json:"fields,omitempty"`
}

func (s *Site) problem(c *gin.Context, refusals []*forum.Error) Problem {
	lang, first := Lang(c), refusals[0]
	p := Problem{
		Type:   "urn:acropolis:problem:" + string(first.Code),
		Title:  s.text(lang, "error_page."+string(first.Code)+".heading"),
		Status: statusOf(first), Detail: s.message(lang, first),
		Code: first.Code, Key: first.Key, Fields: first.Fields, RequestID: RequestID(c),
	}
	if len(refusals) > 1 {
		for _, refusal := range refusals {
			p.Errors = append(p.Errors, ProblemPart{Detail: s.message(lang, refusal), Key: refusal.Key, Fields: refusal.Fields})
		}
	}
	return p
}

func (s *Site) showProblem(c *gin.Context, refusals []*forum.Error) {
	p := s.problem(c, refusals)
	body, err := json.Marshal(p)
	if err != nil {
		s.logFailure(c, err)
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Header("Content-Language", LangTag(Lang(c)))
	c.Header("Vary", "Accept-Language")
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(p.Status, "application/problem+json", body)
}
