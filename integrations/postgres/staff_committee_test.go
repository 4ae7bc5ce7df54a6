package postgres_test

import (
	"sync"
	"testing"
	"time"

	"acropolis/forum"
)

// seat gives somebody a seat on a track from today on.
func (c city) seat(track forum.Track, uid string) {
	c.t.Helper()
	c.must(c.SeatMember(c.t.Context(), c.official("officer"), "10.0.0.1", forum.Seat{Track: track, Official: c.official(uid).ID}))
}

func TestEachTrackHasItsOwnCommittee(t *testing.T) {
	c := newCity(t)
	c.seat(forum.Youth, "committee.three")
	seat := func(by, uid string, until time.Time) error {
		return c.SeatMember(t.Context(), c.official(by), "", forum.Seat{Track: forum.Youth, Official: c.official(uid).ID, Until: until})
	}
	refused(t, seat("officer", "committee.three", time.Time{}), forum.Conflict, "committee.seated_already")
	refused(t, seat("officer", "road.head", time.Time{}), forum.Invalid, "committee.without_duty")
	refused(t, seat("moderator", "committee.one", time.Time{}), forum.Forbidden, "duty.missing")
	general, err := c.OpenRound(t.Context(), c.official("officer"), "", forum.General, "2026-12")
	c.must(err)
	youth, err := c.OpenRound(t.Context(), c.official("officer"), "", forum.Youth, "2026-12")
	c.must(err)
	for round, want := range map[forum.ID]int{general: 3, youth: 1} {
		if r, err := c.Round(t.Context(), round, ""); err != nil || r.Members != want || len(r.Seated) != want {
			t.Errorf("%d members of the %s committee, want %d; %v", r.Members, r.Track, want, err)
		}
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'round.seat' AND after = 'youth'`); n != 1 {
		t.Errorf("%d audit rows of the seat", n)
	}

	// A round keeps the committee with which its scoring began; nobody else scores in it.
	topic := c.pool(1)[0]
	c.must(c.shortlist(general, topic))
	c.seat(forum.General, "committee.one")
	if r, _ := c.Round(t.Context(), general, ""); r.Members != 3 {
		t.Errorf("a seat given during the scoring makes it a committee of %d", r.Members)
	}
	exec(t, c.Store, `DELETE FROM round_members WHERE round_id = $1 AND official_id = $2`, general, c.official("committee.two").ID)
	refused(t, c.tryScore("committee.two", general, topic, 3), forum.Forbidden, "round.not_a_member")

	seats, err := c.Seats(t.Context())
	if err != nil || len(seats) != 2 || !seats[0].Sits {
		t.Fatalf("%+v, %v", seats, err)
	}
	c.must(c.EndSeat(t.Context(), c.official("officer"), "", seats[1].ID))
	if r, _ := c.Round(t.Context(), youth, ""); r.Members != 3 {
		t.Errorf("without a seat on the track %d sit on it, want all who hold the duty", r.Members)
	}
}

func TestConflictOfInterestCountsNeitherForMeanNorQuorum(t *testing.T) {
	c := newCity(t)
	topics := c.pool(2)
	round := c.round()
	c.must(c.shortlist(round, topics...))
	c.score("committee.one", round, topics[0], 5)
	c.score("committee.two", round, topics[0], 4)
	c.conflict("committee.three", round, topics[0])
	c.conflict("committee.one", round, topics[1])
	c.conflict("committee.two", round, topics[1])
	c.score("committee.three", round, topics[1], 5)
	_, err := c.DecideRound(t.Context(), round)
	c.must(err)
	r, err := c.Round(t.Context(), round, "")
	c.must(err)
	byID := map[forum.ID]forum.RoundCandidate{}
	for _, candidate := range r.Candidates {
		byID[candidate.Suggestion.ID] = candidate
	}
	if first := byID[topics[0]]; first.Tally.Mean != 450 || first.Tally.Scores != 2 || first.Tally.NeedsReason() || len(first.SatOut) != 1 {
		t.Errorf("two of the two who may: %+v", first.Tally)
	}
	if second := byID[topics[1]]; !second.Tally.IsSatOut() || second.Tally.Mean != 500 {
		t.Errorf("two of three sit it out: %+v", second.Tally)
	}
	choose := func(d forum.ChoiceDetails) error {
		_, err := c.ChooseTopics(t.Context(), c.decided("officer", forum.ChooseTopics, forum.TheRound, round, "", d))
		return err
	}
	refused(t, choose(forum.ChoiceDetails{Chosen: topics}), forum.Invalid, "round.choice_needs_reason")
	c.must(choose(forum.ChoiceDetails{Chosen: topics, Reasons: map[forum.ID]string{topics[1]: "긴급한 안전 문제입니다."}}))
	c.wantNothingWrong()
}

func TestNobodySeesAScoreBeforeTheRoundIsDecided(t *testing.T) {
	c := newCity(t)
	topics := c.pool(1)
	round := c.round()
	c.must(c.shortlist(round, topics...))
	c.score("committee.one", round, topics[0], 5)
	c.score("committee.two", round, topics[0], 1)
	sees := func(uid string) forum.RoundCandidate {
		r, err := c.Round(t.Context(), round, c.official(uid).ID)
		c.must(err)
		return r.Candidates[0]
	}
	for _, uid := range []string{"committee.one", "committee.three", "officer", "mayor"} {
		if seen := sees(uid); seen.Tally.Scores != 0 || seen.Tally.Mean != 0 || len(seen.Tally.Criteria) != 0 || (uid == "committee.one") != (seen.Mine != nil) {
			t.Errorf("%s sees %+v %+v", uid, seen.Tally, seen.Mine)
		}
	}
	c.deadlineOver(round)
	_, err := c.DecideRound(t.Context(), round)
	c.must(err)
	if seen := sees("mayor"); seen.Tally.Mean != 300 || seen.Tally.Criteria["need"] != 300 {
		t.Errorf("afterwards: %+v", seen.Tally)
	}
}

func TestCommitteeThatNeverComesTogetherDoesNotHoldTheMonthUp(t *testing.T) {
	c := newCity(t)
	topics := c.pool(2)
	round := c.round()
	for try := 1; try <= forum.ScoringsMost; try++ {
		var laid []forum.ID
		if try == 1 {
			laid = topics
		}
		c.must(c.shortlist(round, laid...))
		c.deadlineOver(round)
		facts, err := c.DecideRound(t.Context(), round)
		c.must(err)
		want := forum.RoundOpen
		if try == forum.ScoringsMost {
			want = forum.RoundDecided
		}
		if facts.Status != want {
			t.Fatalf("after scoring %d the round is %s, want %s", try, facts.Status, want)
		}
	}
	c.wantWaits(round, "round.choose officer")
	why := map[forum.ID]string{topics[0]: "위원회가 열리지 못했습니다.", topics[1]: "위원회가 열리지 못했습니다."}
	_, err := c.ChooseTopics(t.Context(), c.decided("officer", forum.ChooseTopics, forum.TheRound, round, "", forum.ChoiceDetails{Reasons: why}))
	c.must(err)
	c.wantWaits(round, "round.submit_minutes officer")

	// Next month they are in the pool again, a month older and with what was said.
	next, err := c.OpenRound(t.Context(), c.official("officer"), "", forum.General, "2027-01")
	c.must(err)
	r, err := c.Round(t.Context(), next, "")
	if err != nil || len(r.Candidates) != 2 || r.Candidates[0].Months != 1 || r.Candidates[0].Refused != why[topics[0]] || r.Candidates[0].RefusedIn != "2026-12" {
		t.Errorf("%+v, %v", r.Candidates, err)
	}
	c.wantNothingWrong()
}

func TestMinutesReadTheSameWhileSupportsGrowAndMembersLeave(t *testing.T) {
	c := newCity(t)
	topics := c.pool(2)
	round := c.round()
	c.must(c.shortlist(round, topics...))
	for _, uid := range []string{"committee.one", "committee.two"} {
		c.score(uid, round, topics[0], 4)
		c.score(uid, round, topics[1], 4)
	}
	c.deadlineOver(round)
	_, err := c.DecideRound(t.Context(), round)
	c.must(err)
	_, err = c.ChooseTopics(t.Context(), c.decided("officer", forum.ChooseTopics, forum.TheRound, round, "",
		forum.ChoiceDetails{Chosen: topics[:1], Reasons: map[forum.ID]string{topics[1]: "다음 달에 봅니다."}}))
	c.must(err)
	_, err = c.SubmitMinutes(t.Context(), c.decided("officer", forum.SubmitMinutes, forum.TheRound, round, "", c.line("officer.two")))
	c.must(err)
	exec(t, c.Store, `INSERT INTO support_counts (suggestion_id, supports) VALUES ($1, 900) ON CONFLICT (suggestion_id) DO UPDATE SET supports = 900`, topics[1])
	c.directory(func(p *forum.DirectoryPerson) bool { return p.UID != "committee.one" })
	a, err := c.ApprovalOf(t.Context(), forum.TheMinutes, round)
	if err != nil || a.Current != a.SHA256 {
		t.Errorf("the minutes have changed, so that nobody could sign them: %v", err)
	}
	exec(t, c.Store, `DELETE FROM support_counts`)
}

func TestSupportersAreToldWhenTheirSuggestionIsChosen(t *testing.T) {
	c := newCity(t)
	topic, other := c.pooled("갑"), c.pooled("을")
	fan, stranger := citizen(t, c.Store, "fan"), citizen(t, c.Store, "stranger")
	for contact, suggestion := range map[forum.ID]forum.ID{fan: topic, stranger: other} {
		_, err := c.Support(t.Context(), forum.NewSupport{Suggestion: suggestion, Citizen: contact, Stands: true})
		c.must(err)
	}
	c.selection(topic, other)
	if told := one[string](t, c.Store, `SELECT string_agg(contact_id::text, ' ') FROM mails WHERE kind = 'suggestion_selected'`); told != string(fan) {
		t.Errorf("told %q, want the one who backs it", told)
	}
}

func TestMonthsRoundIsOpenedOnceByWhoeverAsksFirst(t *testing.T) {
	c, _ := timedCity(t) // the month's first working day has come
	if opened, err := c.OpenDueRounds(t.Context()); err != nil || len(opened) != 0 {
		t.Fatalf("nothing to choose from, and opened %v, %v", opened, err)
	}
	c.pool(1)
	seoul, err := time.LoadLocation(forum.City)
	c.must(err)
	month, due := forum.RoundDue(forum.Calendar{Zone: seoul}, one[time.Time](t, c.Store, `SELECT now()`))
	if !due {
		t.Fatal("no round is due on the 23rd")
	}
	var wait sync.WaitGroup
	start := make(chan struct{})
	opened := make([][]forum.ID, 32)
	for i := range opened {
		wait.Go(func() {
			<-start
			var err error
			if i%2 == 0 {
				opened[i], err = c.OpenDueRounds(t.Context())
			} else {
				var id forum.ID
				if id, err = c.OpenRound(t.Context(), c.official("officer"), "", forum.General, month); err == nil {
					opened[i] = []forum.ID{id}
				} else if forum.RefusalIn(err).Key == "round.exists_already" {
					err = nil
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	wait.Wait()
	n := 0
	for _, ids := range opened {
		n += len(ids)
	}
	if rounds := one[int](t, c.Store, `SELECT count(*) FROM rounds`); n != 1 || rounds != 1 {
		t.Errorf("%d say that they opened it, and there are %d", n, rounds)
	}
	if deadline, opened := one[time.Time](t, c.Store, `SELECT deadline FROM rounds`), one[time.Time](t, c.Store, `SELECT opened_at FROM rounds`); deadline.Sub(opened) < 9*24*time.Hour {
		t.Errorf("the deadline is %s after the opening", deadline.Sub(opened))
	}
	if who := one[int](t, c.Store, `SELECT count(*) FROM owed WHERE kind = 'round.start_scoring' AND done_at IS NULL`); who != 1 {
		t.Errorf("%d wait for the shortlist", who)
	}
}

func TestSheetOfRoundsToComeIsTheOfficers(t *testing.T) {
	c := newCity(t)
	topics := c.pool(1)
	first := c.round()
	c.must(c.shortlist(first, topics...))
	all, err := c.Criteria(t.Context())
	c.must(err)
	all[0].Weight = 0
	refused(t, c.SaveCriteria(t.Context(), c.official("moderator"), "", all), forum.Forbidden, "duty.missing")
	c.must(c.SaveCriteria(t.Context(), c.official("officer"), "10.0.0.1", append(all, forum.Criterion{Name: "형평성", NameEn: "Equity", Weight: 4})))
	second, err := c.OpenRound(t.Context(), c.official("officer"), "", forum.General, "2027-01")
	c.must(err)
	for round, want := range map[forum.ID]string{first: "need", second: "feasibility"} {
		r, err := c.Round(t.Context(), round, "")
		if err != nil || len(r.Criteria) != 4 || r.Criteria[0].Code != want {
			t.Errorf("%+v, %v", r.Criteria, err)
		}
	}
	marks := allMarks(4)
	delete(marks, "urgency")
	_, err = c.ScoreTopic(t.Context(), c.official("committee.one"), "", forum.RoundScore{Round: first, Suggestion: topics[0], Marks: marks})
	refused(t, err, forum.Invalid, "score.out_of_range")
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'round.seat' AND reason LIKE '%형평성%'`); n != 1 {
		t.Errorf("%d audit rows of the new criterion", n)
	}
}
