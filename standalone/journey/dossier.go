package journey

import (
	"context"
	"errors"
	"fmt"
)

// prepareDossier lets the department's drafter fill in the dossier and bring it through its line.
func (j *journey) prepareDossier(ctx context.Context) error {
	drafter, err := j.who(ctx, j.department.Drafter)
	if err != nil {
		return err
	}
	path := j.forumPage("dossier")
	err = j.reach(ctx, "the dossier to be complete", drafter.shows(path, "dossier-status", "complete", "submitted", "approved"), func(ctx context.Context) error {
		return writeItems(ctx, drafter, path, "form-dossier", len(j.topic.dossier()), func(f *form) error {
			for n, one := range j.topic.dossier() {
				if err := errors.Join(f.set("item_kind[]", n, one.kind), f.set("item_title[]", n, one.title), f.set("item_body[]", n, one.body),
					f.set("item_name[]", n, one.name), f.set("item_affiliation[]", n, one.affiliation), f.set("item_stance[]", n, one.stance)); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	l := line{noun: "dossier", page: path, action: "dossier.submit", on: path, drafter: j.department.Drafter,
		signers: j.signers(j.department.Head, j.Staff.Reviewer...)}
	if err := j.approve(ctx, l); err != nil {
		return err
	}
	return await(ctx, "the dossier to be approved", patience, drafter.shows(path, "dossier-status", "approved"))
}

// writeItems opens an editor, presses "add" n times, fills in what is there and saves it.
func writeItems(ctx context.Context, writer *official, path, id string, n int, fill func(*form) error) error {
	p, err := writer.read(ctx, path)
	if err != nil {
		return err
	}
	for range n {
		f, ok := p.form(id)
		if !ok {
			return fmt.Errorf("%s has no form %s for %s", p.path, id, writer.login)
		}
		if p, err = writer.send(ctx, f, "do", "add"); err != nil {
			return err
		}
	}
	f, ok := p.form(id)
	if !ok {
		return fmt.Errorf("%s has no form %s for %s", p.path, id, writer.login)
	}
	if err := fill(f); err != nil {
		return err
	}
	_, err = writer.send(ctx, f, "do", "save")
	return err
}
