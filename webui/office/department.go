package office

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Profiles are what departments say they are responsible for.
type Profiles interface {
	DepartmentProfile(ctx context.Context, code string) (forum.Profile, error)
	SaveProfile(ctx context.Context, by forum.Official, from string, p forum.Profile, seen time.Time) error
}

type departmentView struct {
	base
	Unit    string
	Profile forum.Profile
	Form    *form
	Seen    string
}

// Department shows a department's profile, and a form for whoever may write it.
func (h *Handlers) Department(c *gin.Context) error {
	view, err := h.departmentView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "department", view)
}

func (h *Handlers) departmentView(c *gin.Context, s sheet) (departmentView, error) {
	p, err := h.Store.DepartmentProfile(c, c.Param("code"))
	if err != nil {
		return departmentView{}, err
	}
	p.SavedName = h.person(c, s.lang, p.SavedBy, p.SavedName)
	view := departmentView{Unit: h.department(c, s.lang, p.Department), Profile: p, Seen: p.SavedAt.Format(time.RFC3339Nano)}
	if s.values != nil {
		view.Seen = s.values.Get("seen")
	}
	if officialOf(c).May(forum.EditProfile, p.Department) == nil {
		view.Form = &form{ID: string(forum.EditProfile), Title: s.text("office.action.department.profile"), URL: page.To(c, "directory", "departments", p.Department),
			Button: s.text("office.profile.save"), Tone: "primary", Fixed: []held{{Name: "seen", Value: view.Seen}}, Fields: []*field{
				s.field(page.Field{Name: "profile", Kind: "area", Rows: 8, Max: forum.ProfileMax, Value: p.Text, Hint: "office.profile.hint"}, "office.profile.text")}}
	}
	return view, nil
}

// SaveProfile saves it; what somebody else saved meanwhile isn't overwritten.
func (h *Handlers) SaveProfile(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	if err == nil {
		err = h.saveProfile(c, values)
	}
	if err != nil {
		view, failed := h.departmentView(c, h.sheet(c, values, err))
		if failed != nil {
			return failed
		}
		return h.site.Refused(c, "department", view, err)
	}
	h.site.Flash(c, "notice.office.saved")
	return h.site.Redirect(c, page.To(c, "directory", "departments", c.Param("code")))
}

func (h *Handlers) saveProfile(c *gin.Context, values *page.Values) error {
	seen, err := time.Parse(time.RFC3339Nano, values.Get("seen"))
	if err != nil {
		return forum.Refuse(forum.Conflict, "profile.saved_by_another")
	}
	return h.Store.SaveProfile(c, officialOf(c).Official, c.ClientIP(), forum.Profile{Department: c.Param("code"), Text: values.Get("profile")}, seen)
}
