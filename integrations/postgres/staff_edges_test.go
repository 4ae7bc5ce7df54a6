package postgres_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// edges is the city's procedure written by hand, from PRODUCT.md section 2: whatever isn't in it must be refused.
var edges = map[forum.Noun]map[string]string{
	forum.TheSuggestion: {
		"submitted": "accepted merged transferred rejected", "accepted": "shortlisted withdrawn",
		"shortlisted": "selected not_selected", "not_selected": "accepted",
	},
	forum.TheRound: {"open": "scoring decided", "scoring": "decided open", "decided": "recorded"},
	forum.TheForum: {
		"selected": "assigning withdrawn", "assigning": "preparing withdrawn", "preparing": "scheduled withdrawn", "scheduled": "open withdrawn",
		"open": "suspended closed withdrawn", "suspended": "open closed withdrawn", "closed": "analysing withdrawn",
		"analysing": "awarding withdrawn", "awarding": "responding withdrawn", "responding": "published withdrawn",
		"published": "following", "following": "archived",
	},
	forum.TheAssignment: {"proposed": "accepted transferred escalated", "transferred": "proposed", "escalated": "proposed"},
	forum.TheDossier: {
		"draft": "complete", "complete": "draft submitted", "submitted": "approved returned draft", "returned": "draft",
		"approved": "amended", "amended": "submitted",
	},
	forum.TheApproval:   {"drafted": "in_review recalled voided", "in_review": "approved returned recalled voided"},
	forum.TheOpinion:    {"held": "published hidden withdrawn", "published": "hidden withdrawn held", "hidden": "published held"},
	forum.TheInvitation: {"invited": "drafted declined lapsed revoked", "drafted": "submitted declined lapsed revoked", "submitted": "published revoked"},
	forum.TheAward: {
		"candidate": "scored", "scored": "decided", "decided": "offered", "offered": "accepted declined lapsed", "accepted": "delivered",
	},
	forum.TheResponse: {
		"draft": "submitted", "submitted": "approved returned draft", "returned": "draft", "approved": "published draft", "published": "corrected",
	},
	forum.TheMilestone: {"planned": "done late dropped", "late": "done dropped"},
}

func isEdge(noun forum.Noun, from, to string) bool {
	return slices.Contains(strings.Fields(edges[noun][from]), to)
}

// TestNoRowTakesAStepThatTheCityDoesNotKnow tries every pair of statuses of every noun through the guard that all steps pass.
func TestNoRowTakesAStepThatTheCityDoesNotKnow(t *testing.T) {
	c := newCity(t)
	rows := c.oneRowEach()
	for _, life := range postgres.Lives {
		id := rows[life.Noun]
		for _, from := range life.Statuses {
			for _, to := range life.Statuses {
				set := `status = $2`
				if life.Noun == forum.TheApproval {
					set += `, document = CASE WHEN $2 = 'approved' THEN 'test-0' END`
				}
				exec(t, c.Store, `UPDATE `+life.Table+` SET `+set+` WHERE `+life.Key+` = $1`, id, from)
				audited := one[int](t, c.Store, `SELECT count(*) FROM audit`)
				moved, err := life.Try(t.Context(), c.Store, id, to)
				after := one[string](t, c.Store, `SELECT status FROM `+life.Table+` WHERE `+life.Key+` = $1`, id)
				noted := one[int](t, c.Store, `SELECT count(*) FROM audit`) - audited
				switch {
				case from == to:
					if moved || err != nil || noted != 0 {
						t.Errorf("%s %s again: moved %v, %v, %d audit rows; want nothing to happen", life.Noun, to, moved, err, noted)
					}
				case isEdge(life.Noun, from, to):
					if !moved || err != nil || after != to || noted != 1 {
						t.Errorf("%s %s → %s: moved %v, %v, now %s, %d audit rows; want the step with its audit row", life.Noun, from, to, moved, err, after, noted)
					}
				default:
					refused(t, err, forum.Conflict, "procedure.moved_on")
					if moved || after != from || noted != 0 {
						t.Errorf("%s %s → %s: moved %v, now %s, %d audit rows; want a refusal", life.Noun, from, to, moved, after, noted)
					}
				}
			}
		}
	}
}

// oneRowEach makes one row of every noun.
func (c city) oneRowEach() map[forum.Noun]forum.ID {
	id := func() forum.ID { return postgres.NewID() }
	f, suggestion, round, opinion, award, milestone, approval := forumIn(c.t, c.Store, forum.Open), id(), id(), id(), id(), id(), id()
	exec(c.t, c.Store, `INSERT INTO suggestions (id, title, text, receipt, salt, submitted_at) VALUES ($1, 't', 't', 'r', '', now())`, suggestion)
	exec(c.t, c.Store, `INSERT INTO rounds (id, track, month, deadline) VALUES ($1, 'general', '2026-01', now())`, round)
	exec(c.t, c.Store, `INSERT INTO assignments (forum_id, department) VALUES ($1, 'road')`, f)
	exec(c.t, c.Store, `INSERT INTO dossiers (forum_id) VALUES ($1)`, f)
	exec(c.t, c.Store, `INSERT INTO responses (forum_id) VALUES ($1)`, f)
	exec(c.t, c.Store, `INSERT INTO opinions (id, forum_id, status, text, author, receipt, salt, accepted_at) VALUES ($1, $2, 'published', 't', '', 'r', '', now())`, opinion, f)
	exec(c.t, c.Store, `INSERT INTO awards (id, forum_id, opinion_id, by_rule, bound) VALUES ($1, $2, $3, 1, 0)`, award, f, opinion)
	exec(c.t, c.Store, `INSERT INTO milestones (id, forum_id, title, due) VALUES ($1, $2, 't', now())`, milestone, f)
	exec(c.t, c.Store, `INSERT INTO approvals (id, noun, subject_id, title, sha256, content, drafter) VALUES ($1, 'dossier', $2, 't', '', '', $3)`,
		approval, f, c.official("officer").ID)
	return map[forum.Noun]forum.ID{forum.TheSuggestion: suggestion, forum.TheRound: round, forum.TheForum: f, forum.TheAssignment: f, forum.TheDossier: f,
		forum.TheResponse: f, forum.TheOpinion: opinion, forum.TheAward: award, forum.TheMilestone: milestone, forum.TheApproval: approval}
}

// forumMove is one call of the store's that brings a forum to a status.
type forumMove struct {
	name string
	to   forum.ForumStatus
	call func(c city, id forum.ID) error
}

// forumMoves are all the calls that move a forum.
var forumMoves = []forumMove{
	decision("officer", forum.ProposeDepartment, forum.Assigning, forum.DepartmentDetails{Department: "road"}),
	decision("road.head", forum.AcceptAssignment, forum.Preparing, nil),
	ownStep("ScheduleForum", forum.Scheduled, (*postgres.Store).ScheduleForum),
	ownStep("OpenForum", forum.Open, (*postgres.Store).OpenForum),
	ownStep("CloseForum", forum.Closed, (*postgres.Store).CloseForum),
	decision("officer", forum.SuspendForum, forum.Suspended, nil),
	decision("officer", forum.ResumeForum, forum.Open, nil),
	{name: string(forum.CloseForum), to: forum.Closed, call: func(c city, id forum.ID) error {
		return decision("officer", forum.CloseForum, forum.Closed, c.atOnce()).call(c, id)
	}},
	decision("analyst", forum.StartAnalysis, forum.Analysing, nil),
	ownStep("BeginAnalysis", forum.Analysing, (*postgres.Store).BeginAnalysis),
	ownStep("BeginAwarding", forum.Awarding, func(s *postgres.Store, ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
		return s.BeginAwarding(ctx, id, nil)
	}),
	ownStep("BeginResponding", forum.Responding, (*postgres.Store).BeginResponding),
	decision("officer", forum.PublishResponse, forum.Published, nil),
	decision("road.drafter", forum.PlanFollowUp, forum.Following, forum.MilestonesDetails{}),
	ownStep("ArchiveForum", forum.Archived, (*postgres.Store).ArchiveForum),
	decision("officer", forum.WithdrawForum, forum.Withdrawn, nil),
}

func ownStep(name string, to forum.ForumStatus, step func(*postgres.Store, context.Context, forum.ID) (forum.ForumFacts, error)) forumMove {
	return forumMove{name: name, to: to, call: func(c city, id forum.ID) error {
		for range 2 { // the second time is a retry whose first answer was lost
			if _, err := step(c.Store, c.t.Context(), id); err != nil {
				return err
			}
		}
		return nil
	}}
}

func decision(by string, action forum.Action, to forum.ForumStatus, details any) forumMove {
	return forumMove{name: string(action), to: to, call: func(c city, id forum.ID) error {
		d := c.decision(by, action, forum.TheForum, id, "까닭이 있습니다.", details)
		if err := c.RecordDecision(c.t.Context(), d); err != nil {
			return err
		}
		for range 2 { // the second time is a retry whose first answer was lost
			if _, err := c.forumStep(action)(c.t.Context(), d.ID); err != nil {
				return err
			}
		}
		return nil
	}}
}

// TestEveryCallTakesAForumOnlyWhereItMay puts a forum that is ripe for anything into each status and makes every call that moves
// one: it goes where the table written by hand says, and otherwise stays where it was.
func TestEveryCallTakesAForumOnlyWhereItMay(t *testing.T) {
	c := newCity(t)
	statuses := append(slices.Clone(forum.Journey), forum.Suspended, forum.Withdrawn)
	walked := map[string]bool{}
	for _, from := range statuses {
		for _, move := range forumMoves {
			id := c.ripe(from, move.name == "CloseForum")
			err := move.call(c, id)
			now := one[forum.ForumStatus](t, c.Store, `SELECT status FROM forums WHERE id = $1`, id)
			may := isEdge(forum.TheForum, string(from), string(move.to))
			switch {
			case move.name == "CloseForum" && from == forum.Suspended: // while suspended no timer closes
				may = false
			case move.name == "OpenForum" && from == forum.Suspended, move.name == string(forum.ResumeForum) && from == forum.Scheduled:
				may = false
			}
			if may && (now != move.to || err != nil) {
				t.Errorf("%s from %s: now %s, %v; want %s", move.name, from, now, err, move.to)
			}
			if !may && now != from {
				t.Errorf("%s from %s: now %s; want it to stay", move.name, from, now)
			}
			if may {
				walked[string(from)+" "+string(move.to)] = true
			}
		}
	}
	for from, next := range edges[forum.TheForum] {
		for _, to := range strings.Fields(next) {
			if !walked[from+" "+to] {
				t.Errorf("no call took a forum from %s to %s", from, to)
			}
		}
	}
}

// ripe is a forum in a status with everything there that any next step asks for.
func (c city) ripe(status forum.ForumStatus, ended bool) forum.ID {
	c.t.Helper()
	id := forumIn(c.t, c.Store, status)
	closes := time.Hour
	if ended {
		closes = -time.Second
	}
	department := "road"
	if status == forum.Selected || status == forum.Assigning {
		department = ""
	}
	exec(c.t, c.Store, `UPDATE forums SET department = $2, closes_at = now() + $3::interval, suspended_at = CASE WHEN status = 'suspended' THEN now() END WHERE id = $1`,
		id, department, closes)
	if status != forum.Selected {
		exec(c.t, c.Store, `INSERT INTO assignments (forum_id, department, addressee, status) VALUES ($1, 'road', $2, $3)`, id, c.official("road.head").ID,
			map[bool]string{true: "proposed", false: "accepted"}[status == forum.Assigning])
	}
	exec(c.t, c.Store, `INSERT INTO dossiers (forum_id, status, version, approved_version) VALUES ($1, 'approved', 1, 1)`, id)
	text := `[{"text":"광장을 만듭니다.","disposition":"adopted"}]`
	var paragraphs []forum.Paragraph
	c.must(json.Unmarshal([]byte(text), &paragraphs))
	sha, err := forum.Fingerprint(paragraphs)
	c.must(err)
	exec(c.t, c.Store, `INSERT INTO responses (forum_id, status, version) VALUES ($1, 'approved', 1)`, id)
	exec(c.t, c.Store, `INSERT INTO response_versions (forum_id, version, paragraphs, sha256) VALUES ($1, 1, $2, $3)`, id, text, sha)
	for _, noun := range []forum.Noun{forum.TheResponse, forum.TheAwards, forum.TheAnalysis} {
		exec(c.t, c.Store, `
INSERT INTO approvals (id, noun, subject_id, title, status, sha256, content, drafter, document) VALUES ($1, $2, $3, 't', 'approved', $4, $5, $6, $7)`,
			postgres.NewID(), noun, id, sha, text, c.official("road.drafter").ID, string(postgres.NewID()))
	}
	if status.HasClosed() {
		exec(c.t, c.Store, `
INSERT INTO analyses (forum_id, figures, frozen_at, made_at, approval_id)
SELECT $1, '{}', now(), now(), id FROM approvals WHERE subject_id = $1 AND noun = 'analysis'`, id)
	}
	return id
}
