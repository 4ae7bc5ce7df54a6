package journey

import (
	"context"
	"fmt"
)

// line is a document's way to its approval.
type line struct {
	noun    string   // of the link to the document on page: approval-<noun>
	page    string   // where that link is
	action  string   // what submits it
	on      string   // the page that has the form to submit it
	drafter string   // login
	signers []string // logins: reviewers in order, then the approver
	more    func(*form) error
}

// approve submits a document to its line and lets everybody in it sign, one after the other.
func (j *journey) approve(ctx context.Context, l line) error {
	document, err := j.submit(ctx, l)
	if err != nil {
		return err
	}
	for _, login := range l.signers {
		if err := j.sign(ctx, login, document, login == l.signers[len(l.signers)-1]); err != nil {
			return err
		}
	}
	return nil
}

// submit lays out the line and gives the document's page.
func (j *journey) submit(ctx context.Context, l line) (string, error) {
	drafter, err := j.who(ctx, l.drafter)
	if err != nil {
		return "", err
	}
	var names []string
	for _, login := range l.signers {
		signer, err := j.who(ctx, login)
		if err != nil {
			return "", err
		}
		names = append(names, signer.name)
	}
	before, err := linkOn(ctx, drafter, l)
	if err != nil {
		return "", err
	}
	document := ""
	there := func(ctx context.Context) (bool, error) {
		now, err := linkOn(ctx, drafter, l)
		document = now
		return now != "" && now != before, err
	}
	err = j.reach(ctx, "the document "+l.noun, there, func(ctx context.Context) error {
		p, err := drafter.read(ctx, l.on)
		if err != nil {
			return err
		}
		return drafter.fillAndSend(ctx, p, "/decisions/"+l.action, func(f *form) error {
			for n, name := range names[:len(names)-1] {
				if err := f.choose("reviewer[]", n, name); err != nil {
					return err
				}
			}
			if err := f.choose("approver", 0, names[len(names)-1]); err != nil || l.more == nil {
				return err
			}
			return l.more(f)
		})
	})
	return document, err
}

func linkOn(ctx context.Context, reader *official, l line) (string, error) {
	p, err := reader.read(ctx, l.page)
	return p.linkIfAny("approval-" + l.noun), err
}

func (p page) linkIfAny(id string) string {
	if p.root == nil {
		return ""
	}
	return p.link(id)
}

// sign waits for one's turn and signs.
func (j *journey) sign(ctx context.Context, login, document string, last bool) error {
	signer, err := j.who(ctx, login)
	if err != nil {
		return err
	}
	const action = "/decisions/approval.sign"
	signed, turn := false, page{}
	there := func(ctx context.Context) (bool, error) {
		p, err := signer.read(ctx, document)
		if err != nil {
			return false, err
		}
		if status := p.value("status"); status == "returned" || status == "recalled" || status == "voided" {
			return false, fmt.Errorf("%s is %s", document, status)
		}
		_, mine := p.form(action)
		signed, turn = signed || mine, p
		return p.value("status") == "approved" || !last && signed && !mine, nil
	}
	if err := await(ctx, login+"'s turn to sign "+document, patience, func(ctx context.Context) (bool, error) {
		done, err := there(ctx)
		return done || signed, err
	}); err != nil {
		return err
	}
	return j.reach(ctx, "the signature of "+login+" on "+document, there, func(ctx context.Context) error {
		return signer.fillAndSend(ctx, turn, action, nil)
	})
}
