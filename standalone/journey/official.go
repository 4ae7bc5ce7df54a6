package journey

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// official is one of the staff at their desk: a browser that is logged in to the intranet.
type official struct {
	*client
	login, password string
	name            string // as the intranet greets them
}

// who gives the official with this login, logged in.
func (j *journey) who(ctx context.Context, login string) (*official, error) {
	if o := j.staff[login]; o != nil {
		return o, nil
	}
	o := &official{client: newClient(j.Office, "", &j.lost), login: login, password: j.Password}
	if err := o.logIn(ctx); err != nil {
		return nil, fmt.Errorf("log in as %s: %w", login, err)
	}
	j.staff[login] = o
	return o, nil
}

func (o *official) logIn(ctx context.Context) error {
	p, err := o.read(ctx, "/ko/login")
	if err != nil {
		return err
	}
	f, ok := p.form("form-login")
	if !ok {
		return fmt.Errorf("%s has no form to log in", p.path)
	}
	if err := f.set("name", 0, o.login); err != nil {
		return err
	}
	if err := f.set("password", 0, o.password); err != nil {
		return err
	}
	a, err := o.post(ctx, f.action, f.encoded())
	if err != nil {
		return err
	}
	if a.StatusCode != http.StatusSeeOther {
		return o.refused(http.MethodPost, f.action, a)
	}
	home, err := o.read(ctx, "/ko/")
	if err != nil {
		return err
	}
	for node := range home.root.Descendants() {
		if attribute(node, "class") == "user" {
			o.name = firstOf(node, "strong")
		}
	}
	if o.name == "" {
		return fmt.Errorf("%s greets nobody", home.path)
	}
	return nil
}

// read opens a page, also where the site leads elsewhere from it. Where the session has ended it logs in and opens it again.
func (o *official) read(ctx context.Context, path string) (page, error) {
	for hops := 0; hops < 10; hops++ {
		a, err := o.ask(ctx, http.MethodGet, path, nil, nil)
		if err != nil {
			return page{}, err
		}
		switch {
		case a.StatusCode == http.StatusSeeOther || a.StatusCode == http.StatusFound:
			next := pathOf(a.Header.Get("Location"))
			if strings.HasPrefix(next, "/ko/login") {
				if err := o.logIn(ctx); err != nil {
					return page{}, err
				}
				continue
			}
			path = next
		case a.StatusCode == http.StatusOK:
			return readPage(path, a.body)
		default:
			return page{}, o.refused(http.MethodGet, path, a)
		}
	}
	return page{}, fmt.Errorf("%s leads round in circles", path)
}

func (c *client) post(ctx context.Context, path string, values url.Values) (answer, error) {
	return c.ask(ctx, http.MethodPost, path, map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": c.base, "Sec-Fetch-Site": "same-origin",
	}, []byte(values.Encode()))
}

// send sends a filled form as it stands, with what the pressed button adds, and gives the page to which that leads. What a
// form asks for a second time before it is carried out is confirmed. A form that is refused is a *refusal in its own words.
func (o *official) send(ctx context.Context, f *form, pressed ...string) (page, error) {
	values := f.encoded()
	for n := 0; n+1 < len(pressed); n += 2 {
		values.Set(pressed[n], pressed[n+1])
	}
	a, err := o.post(ctx, f.action, values)
	if err == nil && a.StatusCode == http.StatusUnauthorized { // the session ended meanwhile; the very same form goes again
		if err = o.logIn(ctx); err == nil {
			a, err = o.post(ctx, f.action, values)
		}
	}
	if err != nil {
		return page{}, err
	}
	switch a.StatusCode {
	case http.StatusSeeOther:
		next := pathOf(a.Header.Get("Location"))
		if strings.HasPrefix(next, "/ko/decisions/") {
			return o.outcome(ctx, f, next)
		}
		return o.read(ctx, next)
	case http.StatusOK:
		p, err := readPage(f.action, a.body)
		if err != nil {
			return p, err
		}
		if check, ok := p.form("form-check"); ok {
			return o.send(ctx, check)
		}
		return p, nil
	}
	return page{}, o.refused(http.MethodPost, f.action, a)
}

// outcome waits until a decision whose answer didn't come in time is done or refused.
func (o *official) outcome(ctx context.Context, f *form, path string) (page, error) {
	var last page
	err := await(ctx, "the outcome of "+f.action, patience, func(ctx context.Context) (bool, error) {
		p, err := o.read(ctx, path)
		if err != nil {
			return false, err
		}
		last = p
		switch p.value("outcome") {
		case "done":
			return true, nil
		case "refused":
			return false, &refusal{Method: http.MethodPost, Path: f.action, Status: http.StatusConflict, Text: p.complaintOrAll()}
		}
		return false, nil
	})
	return last, err
}

// complaintOrAll is what a page says when it says no.
func (p page) complaintOrAll() string {
	if said := p.complaint(); said != "" {
		return said
	}
	if main := p.element("main"); main != nil {
		text := strings.Join(strings.Fields(textOf(main)), " ")
		return text[:min(len(text), 300)]
	}
	return ""
}

func (c *client) refused(method, path string, a answer) error {
	r := &refusal{Method: method, Path: path, Status: a.StatusCode, Text: firstLine(a.body)}
	if p, err := readPage(path, a.body); err == nil && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		r.Text = p.complaintOrAll()
	}
	return r
}

// decide opens the form of a decision and sends it filled in. parts is the address that the decision lies under.
func (o *official) decide(ctx context.Context, under, action string, fill func(*form) error) error {
	path := under + "/decisions/" + action
	p, err := o.read(ctx, path)
	if err != nil {
		return err
	}
	return o.fillAndSend(ctx, p, "/decisions/"+action, fill)
}

// fillAndSend sends a form of a page that is open.
func (o *official) fillAndSend(ctx context.Context, p page, idOrAction string, fill func(*form) error) error {
	f, ok := p.form(idOrAction)
	if !ok {
		return fmt.Errorf("%s has no form %s for %s", p.path, idOrAction, o.login)
	}
	if fill != nil {
		if err := fill(f); err != nil {
			return err
		}
	}
	_, err := o.send(ctx, f)
	return err
}

// shows looks whether a page's <data> says one of these.
func (o *official) shows(path, id string, any ...string) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		p, err := o.read(ctx, path)
		if err != nil {
			return false, err
		}
		is := p.value(id)
		for _, one := range any {
			if is == one {
				return true, nil
			}
		}
		return false, nil
	}
}
