package lives

import (
	"testing"
	"time"

	"acropolis/forum"
)

// forumEvents are all that may happen to a forum, each with all that it needs to succeed, and again with what the rules refuse.
var forumEvents = map[string]event{
	"propose a department":            inForum("officer", forum.ProposeDepartment, "", forum.DepartmentDetails{Department: "parks"}),
	"propose an unknown department":   inForum("officer", forum.ProposeDepartment, "", forum.DepartmentDetails{Department: "nowhere"}),
	"accept":                          inForum("road.head", forum.AcceptAssignment, "", nil),
	"accept for another department":   inForum("parks.head", forum.AcceptAssignment, "", nil),
	"transfer":                        inForum("road.head", forum.TransferAssignment, "녹지 업무입니다.", forum.DepartmentDetails{Department: "parks"}),
	"transfer without a reason":       inForum("road.head", forum.TransferAssignment, "", forum.DepartmentDetails{Department: "parks"}),
	"submit the dossier":              after(savesDossier(3), submits("road.drafter", forum.SubmitDossier)),
	"submit a part of a dossier":      after(savesDossier(1), submits("road.drafter", forum.SubmitDossier)),
	"set the period":                  setsPeriod(24*time.Hour, 48*time.Hour),
	"set a period in the past":        setsPeriod(-24*time.Hour, 48*time.Hour),
	"set a period that ends too soon": setsPeriod(48*time.Hour, 24*time.Hour),
	"approve dossier, set the period": after(savesDossier(3), submits("road.drafter", forum.SubmitDossier), signs(forum.TheDossier), setsPeriod(24*time.Hour, 48*time.Hour)),
	"the opening comes":               untilInstant("opens_at"),
	"the close comes":                 untilInstant("closes_at"),
	"extend":                          extends(24 * time.Hour),
	"extend to an earlier close":      extends(-24 * time.Hour),
	"suspend":                         inForum("officer", forum.SuspendForum, "선거 기간입니다.", nil),
	"suspend without a reason":        inForum("officer", forum.SuspendForum, "", nil),
	"resume":                          inForum("officer", forum.ResumeForum, "", nil),
	"suspend at once, approve later":  acts(forum.SuspendForum, true),
	"close early":                     after(acts(forum.CloseForum, false), signs(forum.TheEarlyClose)),
	"close early, returned":           after(acts(forum.CloseForum, false), returns(forum.TheEarlyClose)),
	"close early at once":             acts(forum.CloseForum, true),
	"close early without a line":      inForum("officer", forum.CloseForum, "뜻이 모였습니다.", forum.ActDetails{}),
	"hand over to another department": after(inForum("road.head", forum.HandOverForum, "녹지 업무입니다.", forum.DepartmentDetails{Department: "parks"}), inForum("parks.head", forum.AcceptHandover, "", nil)),
	"consult another department":      inForum("officer", forum.ConsultDepartment, "녹지에 문제가 없습니까?", forum.DepartmentDetails{Department: "parks"}),
	"answer the last held opinion":    answersHeld,
	"begin the analysis":              inForum("analyst", forum.StartAnalysis, "", nil),
	"approve the analysis":            after(submits("analyst", forum.SubmitAnalysis), signs(forum.TheAnalysis)),
	"approve the awards":              after(scoresAwards, submitsAwards, signs(forum.TheAwards)),
	"submit awards without scores":    submitsAwards,
	"approve the response":            after(submits("road.drafter", forum.SubmitResponse), signs(forum.TheResponse)),
	"publish the response":            after(submits("road.drafter", forum.SubmitResponse), signs(forum.TheResponse), inForum("officer", forum.PublishResponse, "", nil)),
	"publish without approval":        inForum("officer", forum.PublishResponse, "", nil),
	"correct the response":            after(savesCorrection, submits("road.drafter", forum.CorrectResponse), signs(forum.TheCorrection)),
	"correct without a draft":         submits("road.drafter", forum.CorrectResponse),
	"plan what follows":               plans,
	"plan nothing, with a reason":     inForum("officer", forum.PlanFollowUp, "더 할 일이 없습니다.", forum.MilestonesDetails{}),
	"the last milestone is done":      endsMilestone("road.drafter", forum.CompleteMilestone, ""),
	"drop without a reason":           endsMilestone("officer", forum.DropMilestone, ""),
	"withdraw":                        inForum("officer", forum.WithdrawForum, "사업이 취소되었습니다.", nil),
	"withdraw without a reason":       inForum("officer", forum.WithdrawForum, "", nil),
	"withdraw by the head":            inForum("road.head", forum.WithdrawForum, "하지 않겠습니다.", nil),
	"clocks run out":                  clocksRunOut,
}

// TestForumGoesWhereTheTableSays lets each thing happen in each status.
func TestForumGoesWhereTheTableSays(t *testing.T) {
	sureOfAll(t, "testdata/forum.txt", forum.ForumSteps)
	compare(t, "testdata/forum.txt", forumEvents, func(c city, status string) (forum.Start, func() string) {
		id := c.forumIn(forum.ForumStatus(status))
		return forum.Start{Noun: forum.TheForum, ID: id}, func() string { return one[string](c, `SELECT status FROM forums WHERE id = $1`, id) }
	})
}

// takes is a decision that is made up when its time has come.
func takes(d func(s *stage, at forum.Start) forum.Decision) event {
	return func(s *stage, at forum.Start, over func(string)) {
		decide(func(s *stage) forum.Decision { return d(s, at) }, over)(s, func() {})
	}
}

func inForum(by string, action forum.Action, reason string, details any) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		return s.decision(by, action, forum.TheForum, at.ID, reason, details)
	})
}

// stores is what somebody does in the database beside the procedure, which is woken then.
func stores(what func(s *stage, at forum.Start) error) event {
	return func(s *stage, at forum.Start, over func(string)) {
		err := what(s, at)
		s.wake(at)
		over(refusalKey(s.t, err))
	}
}

// savesDossier saves the first n items of a whole dossier, where there is one to edit.
func savesDossier(n int) event {
	return stores(func(s *stage, at forum.Start) error {
		d, err := s.Dossier(s.t.Context(), at.ID)
		if err != nil {
			return nil
		}
		_, err = s.SaveDossier(s.t.Context(), s.official("officer"), "", at.ID, d.Version, whole[:n])
		if forum.CodeOf(err) == forum.Conflict {
			return nil // its submission will say so
		}
		return err
	})
}

// savesCorrection drafts what puts the response right, where one is published.
var savesCorrection = stores(func(s *stage, at forum.Start) error {
	r, err := s.Response(s.t.Context(), at.ID)
	if err != nil || r.PublishedAt.IsZero() {
		return nil // its submission will say so
	}
	err = s.SaveCorrection(s.t.Context(), s.official("officer"), "", at.ID, r.Version, "금액이 잘못되었습니다.", r.Paragraphs)
	if forum.CodeOf(err) == forum.Conflict {
		return nil
	}
	return err
})

func submits(drafter string, action forum.Action) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		return s.decision(drafter, action, forum.TheForum, at.ID, "", s.line("bureau.head"))
	})
}

// signs approves the newest document of a kind.
func signs(noun forum.Noun) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		a, err := s.ApprovalOf(s.t.Context(), noun, at.ID)
		s.must(err)
		return s.decision("bureau.head", forum.SignApproval, forum.TheApproval, a.ID, "", nil)
	})
}

// acts submits what is done to a forum's period, or does it at once and submits it for approval afterwards.
func acts(action forum.Action, atOnce bool) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		return s.decision("officer", action, forum.TheForum, at.ID, "뜻이 모였습니다.", forum.ActDetails{AfterTheFact: atOnce, LineDetails: s.line("bureau.head")})
	})
}

// returns sends the newest document of a kind back to its drafter.
func returns(noun forum.Noun) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		a, err := s.ApprovalOf(s.t.Context(), noun, at.ID)
		s.must(err)
		return s.decision("bureau.head", forum.ReturnApproval, forum.TheApproval, a.ID, "아직 이릅니다.", nil)
	})
}

func setsPeriod(opens, closes time.Duration) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		now := s.env.Now()
		return s.decision("officer", forum.SetPeriod, forum.TheForum, at.ID, "", forum.PeriodDetails{OpensAt: now.Add(opens), ClosesAt: now.Add(closes)})
	})
}

// extends submits a close that is so much later than the announced one and has it approved.
func extends(by time.Duration) event {
	return after(takes(func(s *stage, at forum.Start) forum.Decision {
		closes := s.env.Now().Add(10 * 24 * time.Hour)
		return s.decision("officer", forum.ExtendForum, forum.TheForum, at.ID, "더 듣겠습니다.",
			forum.ExtensionDetails{PeriodDetails: forum.PeriodDetails{ClosesAt: closes.Add(by)}, ActDetails: forum.ActDetails{LineDetails: s.line("bureau.head")}})
	}), signs(forum.TheExtension))
}

// untilInstant lets time pass until just after an instant of the forum's, where it has one that is ahead.
func untilInstant(column string) event {
	return func(s *stage, at forum.Start, over func(string)) {
		left := time.Duration(0)
		f, err := s.Forum(s.t.Context(), at.ID)
		s.must(err)
		if instant := map[string]time.Time{"opens_at": f.OpensAt, "closes_at": f.ClosesAt}[column]; instant.After(s.env.Now()) {
			left = instant.Sub(s.env.Now())
		}
		s.env.RegisterDelayedCallback(func() { over("") }, left+moment)
	}
}

func clocksRunOut(s *stage, _ forum.Start, over func(string)) {
	s.env.RegisterDelayedCallback(func() { over("") }, 9*24*time.Hour)
}

var answersHeld = stores(func(s *stage, at forum.Start) error {
	held := one[string](s.city, `SELECT COALESCE((SELECT id::text FROM opinions WHERE forum_id = $1 AND status = 'held'), '')`, at.ID)
	if held == "" {
		return nil
	}
	return s.ModerateOpinion(s.t.Context(), s.official("moderator"), "", forum.Verdict{Opinion: forum.ID(held), To: forum.AnswerHide, Reason: "광고입니다."})
})

var scoresAwards = stores(func(s *stage, at forum.Start) error {
	awards, err := s.Awards(s.t.Context(), at.ID, "")
	s.must(err)
	for _, a := range awards {
		if a.Status == forum.AwardCandidate {
			s.must(s.ScoreAward(s.t.Context(), s.official("juror"), "", forum.AwardScore{Award: a.ID, Score: 4, Reason: "구체적입니다."}))
		}
	}
	return nil
})

var submitsAwards = takes(func(s *stage, at forum.Start) forum.Decision {
	awards, err := s.Awards(s.t.Context(), at.ID, "")
	s.must(err)
	var picks []forum.AwardPick
	for i, a := range awards {
		picks = append(picks, forum.AwardPick{Award: a.ID, Rank: i + 1, Reason: "심사 결과"})
	}
	return s.decision("officer", forum.SubmitAwards, forum.TheForum, at.ID, "", forum.AwardsDetails{Picks: picks, LineDetails: s.line("bureau.head")})
})

var plans = takes(func(s *stage, at forum.Start) forum.Decision {
	return s.decision("road.drafter", forum.PlanFollowUp, forum.TheForum, at.ID, "",
		forum.MilestonesDetails{Milestones: []forum.Milestone{{Title: "착공", Due: s.env.Now().AddDate(0, 3, 0)}}})
})

func endsMilestone(by string, action forum.Action, reason string) event {
	return takes(func(s *stage, at forum.Start) forum.Decision {
		milestone := one[forum.ID](s.city, `SELECT COALESCE((SELECT id::text FROM milestones WHERE forum_id = $1), $1::text)`, at.ID)
		return s.decision(by, action, forum.TheForum, at.ID, reason, forum.MilestoneDetails{Milestone: milestone})
	})
}
