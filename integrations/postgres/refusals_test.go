package postgres_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestEachRuleHasItsConstraint: a rule whose constraint was renamed would turn its refusal into a failure.
func TestEachRuleHasItsConstraint(t *testing.T) {
	s := newStore(t)
	for _, name := range slices.Sorted(maps.Keys(postgres.Rules)) {
		if one[int](t, s, `SELECT (SELECT count(*) FROM pg_constraint WHERE conname = $1) + (SELECT count(*) FROM pg_indexes WHERE indexname = $1)`, name) == 0 {
			t.Errorf("no constraint and no unique index is called %s", name)
		}
	}
}

func TestConstraintsSpeakAsTheirRules(t *testing.T) {
	c := newCity(t)
	id, other := c.open(), c.selectedForum()
	opinion := accept(t, c.Store, opinionOf(id, "광장을 만들어 주십시오."), opinionOf(id, "나무를 심어 주십시오."))
	suggestion := postgres.NewID()
	exec(t, c.Store, `INSERT INTO suggestions (id, title, text, receipt, salt, submitted_at) VALUES ($1, 't', 't', 'r', '', now())`, suggestion)
	exec(t, c.Store, `UPDATE forums SET suggestion_id = $2 WHERE id = $1`, id, suggestion)
	exec(t, c.Store, `INSERT INTO awards (id, forum_id, opinion_id, by_rule, bound, place) VALUES ($1, $2, $3, 1, 0, 1)`, postgres.NewID(), id, opinion[0].ID)
	for _, test := range []struct {
		code forum.Code
		key  string
		sql  string
		args []any
	}{
		{forum.Conflict, "forum.exists_already", `UPDATE forums SET suggestion_id = $2 WHERE id = $1`, []any{other, suggestion}},
		{forum.Conflict, "award.opinion_has_one", `INSERT INTO awards (id, forum_id, opinion_id, by_rule, bound) VALUES ($1, $2, $3, 2, 0)`, []any{postgres.NewID(), id, opinion[0].ID}},
		{forum.Conflict, "award.place_taken", `INSERT INTO awards (id, forum_id, opinion_id, by_rule, bound, place) VALUES ($1, $2, $3, 2, 0, 1)`, []any{postgres.NewID(), id, opinion[1].ID}},
		{forum.Invalid, "period.ends_before_start", `UPDATE forums SET closes_at = opens_at WHERE id = $1`, []any{id}},
		{forum.Invalid, "suggestion.merged_into_itself", `UPDATE suggestions SET merged_into = id WHERE id = $1`, []any{suggestion}},
		{forum.Invalid, "department.unknown", `INSERT INTO assignments (forum_id, department) VALUES ($1, 'moon')`, []any{other}},
		{forum.Invalid, "text.too_long", `UPDATE opinions SET text = repeat('가', 4001) WHERE id = $1`, []any{opinion[0].ID}},
	} {
		_, err := c.Pool().Exec(t.Context(), test.sql, test.args...)
		refused(t, postgres.Translate(err), test.code, test.key)
	}
}

func TestDepartmentThatNobodyHeadsCannotBeAsked(t *testing.T) {
	c := newCity(t)
	c.directory(func(p *forum.DirectoryPerson) bool {
		p.Duties = slices.DeleteFunc(slices.Clone(p.Duties), func(d forum.Duty) bool { return d == forum.Head })
		return true
	})
	id := c.selectedForum()
	_, err := c.inForum("officer", forum.ProposeDepartment, id, "", forum.DepartmentDetails{Department: "road"})
	refused(t, err, forum.Conflict, "assignment.no_head")
	c.wantStatus(id, forum.Selected)
}

func TestRoundWithoutACommitteeIsNotScored(t *testing.T) {
	c := newCity(t)
	suggestion, round := postgres.NewID(), postgres.NewID()
	exec(t, c.Store, `INSERT INTO suggestions (id, title, text, status, receipt, salt, submitted_at) VALUES ($1, 't', 't', 'accepted', 'r', '', now())`, suggestion)
	exec(t, c.Store, `INSERT INTO rounds (id, track, month, deadline) VALUES ($1, 'general', '2026-12', now() + interval '1 hour')`, round)
	c.directory(func(p *forum.DirectoryPerson) bool { return !slices.Contains(p.Duties, forum.Committee) })
	_, err := c.StartScoring(t.Context(), c.decided("officer", forum.StartScoring, forum.TheRound, round, "",
		forum.ShortlistDetails{Suggestions: []forum.ID{suggestion}, Deadline: time.Now().Add(time.Hour)}))
	refused(t, err, forum.Conflict, "round.no_committee")
}

func TestSuggestionIsNotMergedIntoOneThatIsOver(t *testing.T) {
	c := newCity(t)
	from, into := postgres.NewID(), postgres.NewID()
	exec(t, c.Store, `
INSERT INTO suggestions (id, title, text, status, receipt, salt, submitted_at) VALUES ($1, 't', 't', 'submitted', 'r', '', now()), ($2, 't', 't', 'rejected', 's', '', now())`, from, into)
	merge := forum.Screening{Suggestion: from, To: forum.SuggestionMerged, Reason: "같은 내용입니다.", MergeInto: into}
	refused(t, c.Screen(t.Context(), c.official("moderator"), "", merge), forum.Conflict, "suggestion.merge_target_closed")
	if got := one[string](t, c.Store, `SELECT status FROM suggestions WHERE id = $1`, from); got != "submitted" {
		t.Errorf("it is %s now", got)
	}
}

func TestHiddenOpinionIsNotTheAuthorsToWithdraw(t *testing.T) {
	c := newCity(t)
	id := c.open()
	opinion := accept(t, c.Store, opinionOf(id, "욕설입니다."))[0]
	c.must(c.ModerateOpinion(t.Context(), c.official("moderator"), "10.0.0.3", forum.Verdict{Opinion: opinion.ID, To: forum.AnswerHide, Reason: "욕설이 있습니다."}))
	refused(t, c.WithdrawOpinion(t.Context(), opinion.Receipt), forum.Conflict, "opinion.not_withdrawable")
}

func TestListsThatNobodyCouldRead(t *testing.T) {
	c := newCity(t)
	id, by := c.preparing(), c.official("road.drafter")
	_, err := c.SaveDossier(t.Context(), by, "", id, 1, slices.Repeat([]forum.DossierItem{wholeDossier[0]}, forum.ItemsMax+1))
	refused(t, err, forum.Invalid, "dossier.too_many_items")
	_, err = c.SaveResponse(t.Context(), by, "", id, 0, slices.Repeat([]forum.Paragraph{{Text: "광장을 만듭니다.", Disposition: forum.Adopted}}, forum.ParagraphsMax+1))
	refused(t, err, forum.Invalid, "response.too_many_paragraphs")

	published := forumIn(t, c.Store, forum.Published)
	exec(t, c.Store, `UPDATE forums SET department = 'road' WHERE id = $1`, published)
	many := make([]forum.Milestone, 51)
	for i := range many {
		many[i] = forum.Milestone{ID: postgres.NewID(), Title: "광장 개장", Due: time.Now().AddDate(1, 0, 0)}
	}
	_, err = c.inForum("road.drafter", forum.PlanFollowUp, published, "", forum.MilestonesDetails{Milestones: many})
	refused(t, err, forum.Invalid, "milestone.too_many")
	c.wantStatus(published, forum.Published)
}
