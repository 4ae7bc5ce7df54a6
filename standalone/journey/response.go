package journey

import (
	"context"
	"errors"
	"strings"
)

// respond lets the department's drafter write the city's answer and bring it through its line.
func (j *journey) respond(ctx context.Context) error {
	drafter, err := j.who(ctx, j.department.Drafter)
	if err != nil {
		return err
	}
	path := j.forumPage("response")
	j.paragraphs = j.topic.response(j.terms)
	written := func(ctx context.Context) (bool, error) {
		p, err := drafter.read(ctx, path)
		if err != nil {
			return false, err
		}
		f, ok := p.form("form-response")
		if !ok {
			return false, nil
		}
		saved := 0
		for _, one := range f.fields {
			if one.name == "paragraph_text[]" {
				saved++
			}
		}
		return saved == len(j.paragraphs), nil
	}
	err = j.reach(ctx, "the response to be written", written, func(ctx context.Context) error {
		return writeItems(ctx, drafter, path, "form-response", len(j.paragraphs), func(f *form) error {
			for n, one := range j.paragraphs {
				if err := errors.Join(f.set("paragraph_text[]", n, one.text), f.set("paragraph_disposition[]", n, one.disposition),
					f.set("paragraph_reason[]", n, one.reason), f.set("paragraph_terms[]", n, strings.Join(one.terms, ", "))); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	l := line{noun: "response", page: path, action: "response.submit", on: path, drafter: j.department.Drafter,
		signers: j.signers(j.department.Head, j.Staff.Reviewer...)}
	if err := j.approve(ctx, l); err != nil {
		return err
	}
	return await(ctx, "the response to be approved", patience, drafter.shows(path, "response-status", "approved", "published"))
}

// publish lets the officer put the answer before the public.
func (j *journey) publish(ctx context.Context) error {
	err := j.move(ctx, j.Staff.Officer[0], "response.publish", nil, "published", "following")
	if err != nil {
		return err
	}
	return j.awaitStatus(ctx, patience, "published", "following")
}
