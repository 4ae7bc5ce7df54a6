package journey

import "context"

// forumPage is a page about the forum in the intranet.
func (j *journey) forumPage(name string) string {
	if name == "" {
		return "/ko/forums/" + j.forum
	}
	return "/ko/forums/" + j.forum + "/" + name
}

// move lets an official take a decision on the forum that brings it to the next status.
func (j *journey) move(ctx context.Context, login, action string, fill func(*form) error, next ...string) error {
	o, err := j.who(ctx, login)
	if err != nil {
		return err
	}
	return j.reach(ctx, "the forum to be "+next[0], o.shows(j.forumPage(""), "status", next...), func(ctx context.Context) error {
		return o.decide(ctx, j.forumPage(""), action, fill)
	})
}

// assign lets the officer propose the responsible department, and its head accept.
func (j *journey) assign(ctx context.Context) error {
	err := j.move(ctx, j.Staff.Officer[0], "assignment.propose", func(f *form) error {
		return f.set("department", 0, j.department.Code)
	}, "assigning", "preparing")
	if err != nil {
		return err
	}
	return j.move(ctx, j.department.Head, "assignment.accept", nil, "preparing")
}
