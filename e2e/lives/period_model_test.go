package lives

import (
	"slices"
	"testing"
	"time"

	"acropolis/forum"
)

// board is a forum's period, as somebody would keep it who has only read what the city promises.
type board struct {
	status                   string
	opens, closes, suspended time.Time
	held                     bool
}

// passes opens and closes at the announced instants; a closed board without held opinions goes to the analysts.
func (b *board) passes(until time.Time) {
	if b.status == "scheduled" && !until.Before(b.opens) {
		b.status = "open"
	}
	if b.status == "open" && !until.Before(b.closes) {
		b.close()
	}
}

func (b *board) close() {
	b.status = "closed"
	if !b.held {
		b.status = "analysing"
	}
}

// in refuses what the status doesn't take.
func (b *board) in(statuses ...string) string {
	if slices.Contains(statuses, b.status) {
		return ""
	}
	return "procedure.moved_on"
}

func (b *board) suspend(now time.Time) string {
	if refusal := b.in("open"); refusal != "" {
		return refusal
	}
	b.status, b.suspended = "suspended", now
	return ""
}

// resume gives the lost time back.
func (b *board) resume(now time.Time) string {
	if refusal := b.in("suspended"); refusal != "" {
		return refusal
	}
	b.status, b.closes = "open", b.closes.Add(now.Sub(b.suspended))
	return ""
}

func (b *board) extend(to, now time.Time) string {
	if refusal := b.in("open", "suspended"); refusal != "" {
		return refusal
	}
	if !to.After(b.closes) || !to.After(now) {
		return "extension.not_later"
	}
	b.closes = to
	return ""
}

func TestPeriodsHoldAgainstTheirModel(t *testing.T) {
	holdAgainst(t, func(c city) model {
		b := &board{status: "scheduled", opens: monday.Add(2 * day), closes: monday.Add(12 * day)}
		at := forum.Start{Noun: forum.TheForum, ID: c.forumIn(forum.Scheduled)}
		c.exec(`UPDATE forums SET opens_at = $2, closes_at = $3 WHERE id = $1`, at.ID, b.opens, b.closes)
		var to time.Time
		extension := after(takes(func(s *stage, at forum.Start) forum.Decision {
			return s.decision("officer", forum.ExtendForum, forum.TheForum, at.ID, "더 듣겠습니다.",
				forum.ExtensionDetails{PeriodDetails: forum.PeriodDetails{ClosesAt: to}, ActDetails: forum.ActDetails{LineDetails: s.line("bureau.head")}})
		}), signs(forum.TheExtension))
		early := after(takes(func(s *stage, at forum.Start) forum.Decision {
			return s.decision("officer", forum.CloseForum, forum.TheForum, at.ID, "뜻이 모였습니다.", forum.ActDetails{LineDetails: s.line("bureau.head")})
		}), signs(forum.TheEarlyClose))
		all := []command{
			{"a day passes", elapses(day), func(s *stage) string { b.passes(s.env.Now().Add(day)); return "" }},
			{"three days pass", elapses(3 * day), func(s *stage) string { b.passes(s.env.Now().Add(3 * day)); return "" }},
			{"three more days pass", elapses(3 * day), func(s *stage) string { b.passes(s.env.Now().Add(3 * day)); return "" }},
			{"suspend", inForum("officer", forum.SuspendForum, "선거 기간입니다.", nil), func(s *stage) string { return b.suspend(s.env.Now()) }},
			{"resume", inForum("officer", forum.ResumeForum, "", nil), func(s *stage) string { return b.resume(s.env.Now()) }},
			{"resume again", inForum("officer", forum.ResumeForum, "", nil), func(s *stage) string { return b.resume(s.env.Now()) }},
			{"extend by two days", extension, func(s *stage) string { to = b.closes.Add(2 * day); return b.extend(to, s.env.Now()) }},
			{"extend to a day before", extension, func(s *stage) string { to = b.closes.Add(-day); return b.extend(to, s.env.Now()) }},
			{"close early", early, func(*stage) string {
				if refusal := b.in("open", "suspended"); refusal != "" {
					return refusal
				}
				b.close()
				return ""
			}},
			{"an opinion is held", stores(func(s *stage, at forum.Start) error {
				if b.held {
					s.exec(`INSERT INTO opinions (id, forum_id, status, text, author, receipt, salt, accepted_at)
VALUES (gen_random_uuid(), $1, 'held', '광고입니다.', '', gen_random_uuid(), '', now()) ON CONFLICT DO NOTHING`, at.ID)
				}
				return nil
			}), func(*stage) string { b.held = b.held || b.status == "open"; return "" }},
			{"the held ones are answered", allHeldAnswered, func(*stage) string {
				b.held = false
				if b.status == "closed" {
					b.status = "analysing"
				}
				return ""
			}},
			{"begin the analysis all the same", inForum("analyst", forum.StartAnalysis, "", nil), func(*stage) string {
				if refusal := b.in("closed"); refusal != "" {
					return refusal
				}
				b.status = "analysing"
				return ""
			}},
			{"withdraw", inForum("officer", forum.WithdrawForum, "사업이 취소되었습니다.", nil), func(*stage) string {
				if refusal := b.in("scheduled", "open", "suspended", "closed", "analysing"); refusal != "" {
					return refusal
				}
				b.status = "withdrawn"
				return ""
			}},
		}
		return model{at: at, starts: []forum.Start{at}, commands: all, sees: func(s *stage) (want, got string) {
			f, err := s.Forum(s.t.Context(), at.ID)
			s.must(err)
			want, got = b.status, string(f.Status)
			if b.status == "open" || b.status == "suspended" {
				want, got = want+" until "+hour(b.closes), got+" until "+hour(f.ClosesAt)
			}
			return want, got
		}}
	})
}

// hour is an instant to the nearest hour: an event takes some seconds of the stage's time.
func hour(at time.Time) string {
	return at.In(monday.Location()).Round(time.Hour).Format(time.DateTime)
}

var allHeldAnswered = stores(func(s *stage, at forum.Start) error {
	for {
		held := one[string](s.city, `SELECT COALESCE((SELECT id::text FROM opinions WHERE forum_id = $1 AND status = 'held' LIMIT 1), '')`, at.ID)
		if held == "" {
			return nil
		}
		if err := s.ModerateOpinion(s.t.Context(), s.official("moderator"), "", forum.Verdict{Opinion: forum.ID(held), To: forum.AnswerHide, Reason: "광고입니다."}); err != nil {
			return err
		}
	}
})
