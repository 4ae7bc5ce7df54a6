package forum_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
)

// lives is every edge of every status machine, written by hand from what the city wants, not from the tables that decide.
var lives = map[string]string{
	"suggestion": `submitted>accepted submitted>merged submitted>transferred submitted>rejected accepted>shortlisted accepted>withdrawn
		shortlisted>selected shortlisted>not_selected not_selected>accepted`,
	"selection round": `open>scoring open>decided scoring>decided scoring>open decided>recorded`,
	"forum": `selected>assigning assigning>preparing preparing>scheduled scheduled>open open>suspended suspended>open open>closed
		suspended>closed closed>analysing analysing>awarding awarding>responding responding>published published>following following>archived
		selected>withdrawn assigning>withdrawn preparing>withdrawn scheduled>withdrawn open>withdrawn suspended>withdrawn closed>withdrawn
		analysing>withdrawn awarding>withdrawn responding>withdrawn`,
	"assignment": `proposed>accepted proposed>transferred proposed>escalated transferred>proposed escalated>proposed`,
	"dossier": `draft>complete complete>draft complete>submitted submitted>approved submitted>returned submitted>draft returned>draft
		approved>amended amended>submitted`,
	"approval": `drafted>in_review drafted>recalled drafted>voided in_review>approved in_review>returned in_review>recalled in_review>voided`,
	"signer": `waiting>approved waiting>returned waiting>consulted waiting>skipped waiting>by_substitute
		approved>waiting consulted>waiting by_substitute>waiting`,
	"invitation": `invited>drafted invited>declined invited>lapsed invited>revoked drafted>submitted drafted>declined drafted>lapsed
		drafted>revoked submitted>published submitted>revoked`,
	"opinion":   `held>published held>hidden held>withdrawn published>hidden published>withdrawn hidden>published published>held hidden>held`,
	"award":     `candidate>scored scored>decided decided>offered offered>accepted offered>declined offered>lapsed accepted>delivered`,
	"response":  `draft>submitted submitted>approved submitted>returned submitted>draft returned>draft approved>published approved>draft published>corrected`,
	"milestone": `planned>done planned>late planned>dropped late>done late>dropped`,
	"exclusion": `asked>in_force asked>declined in_force>doubted doubted>undone doubted>in_force`,
	"mail": `pending>attempting attempting>sent attempting>failed attempting>unknown attempting>pending attempting>dropped failed>pending failed>dropped
		unknown>pending unknown>dropped waiting>gathered waiting>pending waiting>dropped pending>dropped`,
}

func TestEveryLifeHasTheStepsOfTheCityAndNoOthers(t *testing.T) {
	tables := map[string][]string{
		"suggestion": edges(forum.SuggestionSteps), "selection round": edges(forum.RoundSteps), "forum": edges(forum.ForumSteps),
		"assignment": edges(forum.AssignmentSteps), "dossier": edges(forum.DossierSteps), "approval": edges(forum.ApprovalSteps),
		"signer": edges(forum.SignerSteps), "opinion": edges(forum.OpinionSteps), "invitation": edges(forum.InvitationSteps), "award": edges(forum.AwardSteps),
		"response": edges(forum.ResponseSteps), "milestone": edges(forum.MilestoneSteps), "mail": edges(forum.MailSteps),
		"exclusion": edges(forum.ExclusionSteps),
	}
	if len(tables) != len(lives) {
		t.Errorf("%d tables, %d lives", len(tables), len(lives))
	}
	for noun, want := range lives {
		want := slices.Sorted(slices.Values(strings.Fields(want)))
		if got := tables[noun]; !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", noun, got, want)
		}
	}
}

func edges[S ~string](steps forum.Steps[S]) []string {
	var all []string
	for from, next := range steps {
		for _, to := range next {
			all = append(all, string(from)+">"+string(to))
		}
	}
	slices.Sort(all)
	return all
}

func TestStepsAnswerWhatIsAskedOfThem(t *testing.T) {
	if !forum.ForumSteps.Allows(forum.Open, forum.Suspended) || forum.ForumSteps.Allows(forum.Open, forum.Analysing) {
		t.Error("an open forum may be suspended, and can't be analysed before it has closed")
	}
	if got := forum.ForumSteps.Before(forum.Closed); !slices.Equal(got, []forum.ForumStatus{forum.Open, forum.Suspended}) {
		t.Errorf("closed comes after %v", got)
	}
	if got := forum.ForumSteps.Ends(); !slices.Equal(got, []forum.ForumStatus{forum.Archived, forum.Withdrawn}) {
		t.Errorf("a forum ends as %v", got)
	}
	if got := forum.RoundSteps.Open(); !slices.Equal(got, []forum.RoundStatus{forum.RoundDecided, forum.RoundOpen, forum.RoundScoring}) {
		t.Errorf("a round goes on after %v", got)
	}
	if forum.ForumSteps.IsFinal(forum.Following) || !forum.ForumSteps.IsFinal(forum.Withdrawn) {
		t.Error("following isn't the end, withdrawn is")
	}
}

func TestDecisionsAreTakenInStatusesThatExist(t *testing.T) {
	for action, statuses := range forum.ForumDecisions {
		for _, status := range statuses {
			if forum.ForumSteps.IsFinal(status) {
				t.Errorf("%s can't be decided on a forum that is %s", action, status)
			}
		}
	}
	for _, status := range forum.ForumSteps.Open() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(forum.ForumDecisions)), func(s []forum.ForumStatus) bool { return slices.Contains(s, status) }) {
			t.Errorf("nobody can decide anything on a forum that is %s", status)
		}
	}
}

func TestReadmeDrawsEveryLife(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range forum.Diagrams() {
		if !strings.Contains(string(readme), "```mermaid\n"+d.Text+"```\n") {
			t.Errorf("README.md lacks the life of a %s as it is now; it should hold\n```mermaid\n%s```", d.Noun, d.Text)
		}
	}
}
