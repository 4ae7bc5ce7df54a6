package lives

import (
	"testing"

	"acropolis/forum"
)

// The line of the documents here: the division's head, two departments that are consulted at once, the bureau's head, the mayor.
var (
	lineOf  = []string{"road.head", "parks.head", "officer.two", "bureau.head", "mayor"}
	lineAs  = []forum.SignerRole{forum.Reviewer, forum.Consulted, forum.Consulted, forum.Reviewer, forum.Approver}
	drafter = "officer" // who could sign, were it not their own
)

var everybodySigns = after(sign("road.head"), sign("officer.two"), sign("parks.head"), sign("bureau.head"), sign("mayor"))

var approvalEvents = map[string]event{
	"the first in the line signs":  sign("road.head"),
	"the approver signs first":     sign("mayor"),
	"somebody else signs":          sign("analyst"),
	"the drafter signs":            sign(drafter),
	"a drafter without duty signs": sign("road.drafter"),
	"everybody signs":              everybodySigns,
	"everybody signs, one twice":   after(sign("road.head"), sign("road.head")),
	"a department's no, unsaid":    after(sign("road.head"), inApproval("parks.head", forum.SignApproval, "", forum.SignatureDetails{Disagrees: true})),
	"final by delegation":          after(sign("road.head"), sign("officer.two"), sign("parks.head"), inApproval("bureau.head", forum.SignApproval, "", forum.SignatureDetails{Final: true})),
	"final before the consulted":   inApproval("road.head", forum.SignApproval, "", forum.SignatureDetails{Final: true}),
	"final by a consulted":         after(sign("road.head"), inApproval("parks.head", forum.SignApproval, "", forum.SignatureDetails{Final: true})),
	"return to the drafter":        inApproval("road.head", forum.ReturnApproval, "다시 쓰십시오.", nil),
	"return without a reason":      inApproval("road.head", forum.ReturnApproval, "", nil),
	"return out of turn":           inApproval("mayor", forum.ReturnApproval, "다시 쓰십시오.", nil),
	"return to an earlier step":    after(sign("road.head"), inApproval("parks.head", forum.ReturnApproval, "다시 보십시오.", forum.ReturnDetails{To: 1})),
	"return to a later step":       inApproval("road.head", forum.ReturnApproval, "다시 보십시오.", forum.ReturnDetails{To: 4}),
	"recall by the drafter":        inApproval(drafter, forum.RecallApproval, "", nil),
	"recall after a signature":     after(sign("road.head"), inApproval(drafter, forum.RecallApproval, "", nil)),
	"recall by somebody else":      inApproval("analyst", forum.RecallApproval, "", nil),
	"recall by a signer":           inApproval("bureau.head", forum.RecallApproval, "", nil),
	"the text is edited":           editsText,
	"clocks run out":               elapses(14 * day),
}

func TestApprovalGoesWhereTheTableSays(t *testing.T) {
	sureOfAll(t, "testdata/approval.txt", forum.ApprovalSteps)
	compare(t, "testdata/approval.txt", approvalEvents, func(c city, status string) (forum.Start, func() string) {
		at := forum.Start{Noun: forum.TheApproval, ID: c.approvalIn(forum.ApprovalStatus(status))}
		return at, func() string { return one[string](c, `SELECT status FROM approvals WHERE id = $1`, at.ID) }
	})
}

// drafted submits a whole dossier into the line.
func (c city) drafted() forum.ID {
	c.t.Helper()
	ctx, id := c.t.Context(), c.forumIn(forum.Preparing)
	var line forum.LineDetails
	for i, uid := range lineOf {
		line.Signers = append(line.Signers, forum.LineSigner{Role: lineAs[i], Official: c.official(uid).ID})
	}
	d := c.decision(drafter, forum.SubmitDossier, forum.TheForum, id, "", line)
	c.must(c.RecordDecision(ctx, d))
	_, err := c.SubmitDossier(ctx, d.ID)
	c.must(err)
	a, err := c.ApprovalOf(ctx, forum.TheDossier, id)
	c.must(err)
	return a.ID
}

func (c city) approvalIn(status forum.ApprovalStatus) forum.ID {
	c.t.Helper()
	id := c.drafted()
	if status == forum.Drafted {
		return id
	}
	at := forum.Start{Noun: forum.TheApproval, ID: id}
	way := map[forum.ApprovalStatus]event{forum.InReview: elapses(0), forum.Approved: everybodySigns, forum.Returned: approvalEvents["return to the drafter"],
		forum.Recalled: approvalEvents["recall by the drafter"], forum.Voided: editsText}[status]
	c.play(sweeps, func(s *stage, done func()) { way(s, at, func(string) { done() }) })
	c.clock.set(monday)
	return id
}

func inApproval(by string, action forum.Action, reason string, details any) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		return s.decision(by, action, forum.TheApproval, at.ID, reason, details)
	})
}

func sign(by string) event { return inApproval(by, forum.SignApproval, "", nil) }

// editsText changes the dossier that the document is of.
var editsText = stores(func(s *stage, at forum.Start) error {
	id := one[forum.ID](s.city, `SELECT subject_id FROM approvals WHERE id = $1`, at.ID)
	d, err := s.Dossier(s.t.Context(), id)
	s.must(err)
	items := append([]forum.DossierItem{{Kind: forum.Plan, Title: "더하는 계획", Body: "의자를 놓습니다."}}, whole...)
	_, err = s.SaveDossier(s.t.Context(), s.official("road.drafter"), "", id, d.Version, items[d.Version%2:])
	return err
})
