package office

import (
	"context"
	"sync"
	"time"

	"acropolis/forum"
)

// Officials knows the city's people and units as the directory does.
type Officials interface {
	Official(ctx context.Context, id forum.ID) (forum.Official, error)
	Officials(ctx context.Context, duty forum.Duty, department string) ([]forum.Official, error)
	Leavers(ctx context.Context) ([]forum.Official, error)
	Departments(ctx context.Context) ([]forum.Department, error)
}

// people are the names behind ids and codes, read again every minute.
type people struct {
	mu          sync.Mutex
	officials   map[forum.ID]forum.Official
	left        map[forum.ID]forum.Official
	departments map[string]forum.Department
	until       time.Time
}

// names reads the directory's rows; a page is readable without them, so what can't be read stays as it was.
func (h *Handlers) names(ctx context.Context) (map[forum.ID]forum.Official, map[string]forum.Department) {
	p := &h.people
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.After(p.until) {
		if officials, err := h.Store.Officials(ctx, "", ""); err == nil {
			p.officials = byID(officials)
		}
		if left, err := h.Store.Leavers(ctx); err == nil {
			p.left = byID(left)
		}
		if departments, err := h.Store.Departments(ctx); err == nil {
			p.departments = make(map[string]forum.Department, len(departments))
			for _, one := range departments {
				p.departments[one.Code] = one
			}
		}
		p.until = now.Add(time.Minute)
	}
	return p.officials, p.departments
}

func byID(officials []forum.Official) map[forum.ID]forum.Official {
	all := make(map[forum.ID]forum.Official, len(officials))
	for _, one := range officials {
		all[one.ID] = one
	}
	return all
}

// leaver is somebody who isn't in the directory any more; their name still stands in what they did.
func (h *Handlers) leaver(id forum.ID) (forum.Official, bool) {
	h.people.mu.Lock()
	defer h.people.mu.Unlock()
	o, ok := h.people.left[id]
	return o, ok
}

// forgetNames has the rows read again by the next page: who is absent has just changed.
func (h *Handlers) forgetNames() {
	h.people.mu.Lock()
	defer h.people.mu.Unlock()
	h.people.until = time.Time{}
}

// personName is an official's name in a language.
func personName(lang string, o forum.Official) string { return inLang(lang, o.Name, o.NameEn) }

// personTitle is an official's title in a language.
func personTitle(lang string, o forum.Official) string { return inLang(lang, o.Title, o.TitleEn) }

// forumTitle is a topic's title in a language.
func forumTitle(lang string, f forum.Forum) string { return inLang(lang, f.Title, f.TitleEn) }

func inLang(lang, ko, en string) string {
	if lang != "ko" && en != "" {
		return en
	}
	return ko
}

// person is an official's name by id, also of one who has left; what is known otherwise stands in for whoever was never here.
func (h *Handlers) person(ctx context.Context, lang string, id forum.ID, otherwise string) string {
	officials, _ := h.names(ctx)
	if o, ok := officials[id]; ok {
		return personName(lang, o)
	}
	if o, ok := h.leaver(id); ok {
		return personName(lang, o)
	}
	return otherwise
}

// department is a unit's name by code.
func (h *Handlers) department(ctx context.Context, lang, code string) string {
	_, departments := h.names(ctx)
	if d, ok := departments[code]; ok {
		return inLang(lang, d.Name, d.NameEn)
	}
	return code
}

// named is somebody of whom only the name is kept, in the reader's language where one official alone has that name.
func (h *Handlers) named(ctx context.Context, lang, name string) string {
	if lang == "ko" || name == "" {
		return name
	}
	officials, _ := h.names(ctx)
	found := name
	for _, o := range officials {
		if o.Name == name {
			if found != name {
				return name // two people of one name
			}
			found = personName(lang, o)
		}
	}
	return found
}
