package forum

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Diagram draws a step table as a mermaid state diagram. README holds one for each noun, and a test compares them.
func Diagram[S ~string](s Steps[S], first S) string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    [*] --> %s\n", first)
	for _, from := range slices.Sorted(maps.Keys(s)) {
		for _, to := range s[from] {
			fmt.Fprintf(&b, "    %s --> %s\n", from, to)
		}
	}
	for _, status := range s.Ends() {
		fmt.Fprintf(&b, "    %s --> [*]\n", status)
	}
	return b.String()
}

// Ends lists the statuses that nothing follows, sorted.
func (s Steps[S]) Ends() []S {
	ends := map[S]bool{}
	for _, next := range s {
		for _, to := range next {
			if s.IsFinal(to) {
				ends[to] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(ends))
}

// Diagrams are all lives by their noun, in the order of README.
func Diagrams() []struct{ Noun, Text string } {
	return []struct{ Noun, Text string }{
		{"suggestion", Diagram(SuggestionSteps, SuggestionSubmitted)},
		{"selection round", Diagram(RoundSteps, RoundOpen)},
		{"forum", Diagram(ForumSteps, Selected)},
		{"assignment", Diagram(AssignmentSteps, AssignmentProposed)},
		{"dossier", Diagram(DossierSteps, DossierDraft)},
		{"approval", Diagram(ApprovalSteps, Drafted)},
		{"signer", Diagram(SignerSteps, SignerWaiting)},
		{"invitation", Diagram(InvitationSteps, InvitationInvited)},
		{"opinion", Diagram(OpinionSteps, OpinionHeld)},
		{"award", Diagram(AwardSteps, AwardCandidate)},
		{"response", Diagram(ResponseSteps, ResponseDraft)},
		{"milestone", Diagram(MilestoneSteps, MilestonePlanned)},
		{"exclusion", Diagram(ExclusionSteps, ExclusionAsked)},
		{"mail", Diagram(MailSteps, MailPending)},
	}
}
