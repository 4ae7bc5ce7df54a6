package page

import "fmt"

// Tag is a status as everybody sees it: one text and one tone, the same for citizens and staff.
type Tag struct {
	Text string
	Tone string // neutral, waiting, active, good, warning or bad; acropolis.css has a colour for each
}

// tones says how each status looks; a status that isn't here is neutral. Colour never tells anything that the text doesn't.
var tones = map[string]string{
	"suggestion.submitted": "waiting", "suggestion.accepted": "active", "suggestion.shortlisted": "active",
	"suggestion.selected": "good", "suggestion.rejected": "bad",

	"round.open": "active", "round.scoring": "active", "round.decided": "good", "round.recorded": "good",

	"forum.selected": "waiting", "forum.assigning": "waiting", "forum.preparing": "waiting", "forum.scheduled": "waiting",
	"forum.open": "good", "forum.suspended": "warning", "forum.closed": "neutral", "forum.analysing": "active",
	"forum.awarding": "active", "forum.responding": "active", "forum.published": "good", "forum.following": "active",

	"assignment.proposed": "waiting", "assignment.accepted": "good", "assignment.escalated": "warning",

	"dossier.complete": "active", "dossier.submitted": "active", "dossier.returned": "bad", "dossier.approved": "good", "dossier.amended": "warning",

	"approval.drafted": "waiting", "approval.in_review": "active", "approval.approved": "good", "approval.returned": "bad", "approval.voided": "bad",

	"signer.waiting": "waiting", "signer.approved": "good", "signer.returned": "bad", "signer.consulted": "good", "signer.by_substitute": "good",

	"appeal.open": "waiting", "appeal.upheld": "good", "appeal.dismissed": "bad",

	"opinion.held": "warning", "opinion.published": "good", "opinion.hidden": "bad",

	"invitation.invited": "waiting", "invitation.drafted": "waiting", "invitation.submitted": "active", "invitation.published": "good",
	"invitation.declined": "neutral", "invitation.lapsed": "warning", "invitation.revoked": "bad",

	"award.scored": "active", "award.decided": "active", "award.offered": "waiting", "award.accepted": "good",
	"award.delivered": "good", "award.lapsed": "warning",

	"response.submitted": "active", "response.returned": "bad", "response.approved": "good", "response.published": "good", "response.corrected": "warning",

	"milestone.planned": "waiting", "milestone.done": "good", "milestone.late": "bad",

	"mail.pending": "waiting", "mail.attempting": "active", "mail.sent": "good", "mail.failed": "bad", "mail.unknown": "warning",

	"disposition.adopted": "good", "disposition.partly": "active", "disposition.later": "warning", "disposition.not_adopted": "bad",

	"exclusion.asked": "waiting", "exclusion.in_force": "warning", "exclusion.doubted": "waiting", "exclusion.undone": "good",

	"clock.fresh": "good", "clock.near": "warning", "clock.overdue": "bad",
}

// Status is the tag of a noun's status, for the partial "status-tag": .Status "forum" .Data.Status. Its text is
// "status.<noun>.<status>"; disposition and clock count as nouns.
func (v *View) Status(noun string, status any) Tag {
	name := noun + "." + fmt.Sprint(status)
	tone, ok := tones[name]
	if !ok {
		tone = "neutral"
	}
	return Tag{Text: v.site.text(v.Lang, "status."+name), Tone: tone}
}
