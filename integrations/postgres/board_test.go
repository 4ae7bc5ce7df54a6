package postgres_test

import (
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

func TestCitizensSeeForumsFromTheAnnouncementOn(t *testing.T) {
	s := newStore(t)
	hidden, shown := forumIn(t, s, forum.Preparing), forumIn(t, s, forum.Scheduled)
	exec(t, s, `INSERT INTO forum_counts (forum_id, opinions, hits) VALUES ($1, 5, 7)`, shown)

	all, total, err := s.PublicForums(t.Context(), forum.ForumFilter{Department: "road-planning"})
	if err != nil || total != 1 || all[0].ID != shown || all[0].Counts.Hits != 7 {
		t.Errorf("%+v, %d, %v", all, total, err)
	}
	if _, err := s.PublicForum(t.Context(), shown); err != nil {
		t.Error(err)
	}
	for _, id := range []forum.ID{hidden, postgres.NewID()} {
		_, err := s.PublicForum(t.Context(), id)
		refused(t, err, forum.NotFound, "page.not_found")
		_, _, err = s.Board(t.Context(), forum.BoardFilter{Forum: id}, "", nil)
		refused(t, err, forum.NotFound, "page.not_found")
	}
}

func TestCitizensReadTheApprovedDossier(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	if d, err := s.PublicDossier(t.Context(), id); err != nil || len(d.Items) != 0 {
		t.Errorf("before: %+v, %v", d, err)
	}
	exec(t, s, `INSERT INTO dossiers (forum_id, status, version, approved_version) VALUES ($1, 'amended', 2, 1)`, id)
	exec(t, s, `INSERT INTO dossier_versions (forum_id, version, items, sha256) VALUES ($1, 1, '[{"kind": "plan", "title": "승인된 계획"}]', ''), ($1, 2, '[]', '')`, id)
	if d, err := s.PublicDossier(t.Context(), id); err != nil || len(d.Items) != 1 || d.Items[0].Title != "승인된 계획" || d.Version != 1 {
		t.Errorf("approved: %+v, %v", d, err)
	}
}

func TestBoardShowsPublishedOpinionsInTheAskedOrder(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	var answers []forum.Accepted
	for i := range 5 {
		answers = append(answers, accept(t, s, opinionOf(id, "의견 "+number(i)))[0])
	}
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, answers[4].ID)
	me := citizen(t, s, "me")
	vote(t, s, forum.NewVote{Opinion: answers[2].ID, Citizen: me, Choice: forum.For}, forum.NewVote{Opinion: answers[1].ID, Citizen: me, Choice: forum.Against})
	tally(t, s)

	for sort, want := range map[forum.BoardSort][]int{forum.BestFirst: {2, 1, 0, 3}, forum.NewestFirst: {3, 2, 1, 0}, forum.OldestFirst: {0, 1, 2, 3}, "": {2, 1, 0, 3}} {
		got, total, err := s.Board(t.Context(), forum.BoardFilter{Forum: id, Sort: sort}, me, nil)
		if err != nil || total != 4 || len(got) != 4 {
			t.Fatalf("%s: %d of %d, %v", sort, len(got), total, err)
		}
		for i, n := range want {
			if got[i].ID != answers[n].ID {
				t.Errorf("%s: place %d has %q", sort, i, got[i].Text)
			}
		}
	}
	best, _, _ := s.Board(t.Context(), forum.BoardFilter{Forum: id}, me, nil)
	if best[0].Mine != forum.For || best[0].For != 1 || best[1].Mine != forum.Against || best[0].Number != answers[2].Number {
		t.Errorf("%+v", best[:2])
	}
	if nobodys, _, _ := s.Board(t.Context(), forum.BoardFilter{Forum: id}, "", []byte("a browser")); nobodys[0].Mine != "" {
		t.Error("a choice of nobody's")
	}
	page, total, err := s.Board(t.Context(), forum.BoardFilter{Forum: id, Sort: forum.OldestFirst, Page: 2, Size: 3}, "", nil)
	if err != nil || len(page) != 1 || total != 4 || page[0].ID != answers[3].ID {
		t.Errorf("second page: %d of %d, %v", len(page), total, err)
	}
	if err := s.IndexOpinions(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, total, _ := s.Board(t.Context(), forum.BoardFilter{Forum: id, Query: "의견 2"}, "", nil); total != 1 || found[0].ID != answers[2].ID {
		t.Errorf("search: %d found", total)
	}
	if _, total, _ := s.Board(t.Context(), forum.BoardFilter{Forum: id, Query: "%"}, "", nil); total != 0 {
		t.Error("a percent sign means a percent sign")
	}
	if one, err := s.PublicOpinion(t.Context(), answers[2].ID, me, nil); err != nil || one.Mine != forum.For {
		t.Errorf("%+v, %v", one, err)
	}
	_, err = s.PublicOpinion(t.Context(), answers[4].ID, me, nil)
	refused(t, err, forum.NotFound, "page.not_found")
}

func TestResultsWaitForPublicationAndNameOnlyWhoAgreed(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	answers := accept(t, s, opinionOf(id, "첫째 의견"), opinionOf(id, "둘째 의견"), opinionOf(id, "셋째 의견"), opinionOf(id, "넷째 의견"))
	exec(t, s, `UPDATE opinions SET pseudonym = '시민'`)
	for i, status := range []string{"accepted", "offered", "declined", "delivered"} {
		exec(t, s, `INSERT INTO awards (id, forum_id, opinion_id, status, by_rule, bound, place, reason, name_shown) VALUES (gen_random_uuid(), $1, $2, $3, 1, 0.5, $4, '좋은 생각', $5)`,
			id, answers[i].ID, status, i+1, i == 0)
	}
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, answers[3].ID)
	exec(t, s, `INSERT INTO responses (forum_id, status, version, published_at) VALUES ($1, 'published', 1, now())`, id)
	exec(t, s, `INSERT INTO response_versions (forum_id, version, paragraphs, sha256) VALUES ($1, 1, '[{"text": "잔디를 깔겠습니다.", "disposition": "adopted"}]', '')`, id)
	exec(t, s, `INSERT INTO milestones (id, forum_id, title, due) VALUES (gen_random_uuid(), $1, '광장 개장', now() + interval '1 year')`, id)
	exec(t, s, `UPDATE opinions SET answered_by = 0 WHERE id = $1`, answers[0].ID)
	closeForum(t, s, id)

	_, err := s.Results(t.Context(), id)
	refused(t, err, forum.NotFound, "results.not_yet")
	if status, _ := s.Receipt(t.Context(), answers[0].Receipt); status.Answer != nil {
		t.Error("the answer is out before its publication")
	}

	exec(t, s, `UPDATE forums SET status = 'published' WHERE id = $1`, id)
	r, err := s.Results(t.Context(), id)
	if err != nil || len(r.Response.Paragraphs) != 1 || len(r.Milestones) != 1 || r.Figures.Opinions != 3 || r.Forum.ID != id {
		t.Fatalf("%+v, %v", r, err)
	}
	if len(r.Awards) != 2 || r.Awards[0].Pseudonym != "시민" || r.Awards[1].Pseudonym != "" || r.Awards[1].Status != forum.AwardOffered {
		t.Errorf("awards: %+v", r.Awards)
	}
	status, err := s.Receipt(t.Context(), answers[0].Receipt)
	if err != nil || status.Answer == nil || status.Answer.Text != "잔디를 깔겠습니다." || status.Award == nil || status.Award.Rank != 1 {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestReceiptTellsEachStep(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	a := accept(t, s, opinionOf(id, "숨겨질 의견"))[0]
	exec(t, s, `UPDATE opinions SET status = 'hidden', reason = '개인정보' WHERE id = $1`, a.ID)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, before, after, reason) VALUES ('system', 'test', 'opinion', $1, $2, 'published', 'hidden', '개인정보')`, a.ID, id)

	status, err := s.Receipt(t.Context(), a.Receipt)
	if err != nil || status.Noun != forum.TheOpinion || status.Opinion.Status != forum.OpinionHidden || status.Opinion.Reason != "개인정보" ||
		status.Forum.ID != id || len(status.History) != 2 || status.History[0].Status != "published" || !status.History[0].At.Equal(a.AcceptedAt) ||
		status.History[1].Reason != "개인정보" {
		t.Errorf("%+v, %v", status, err)
	}
	_, err = s.Receipt(t.Context(), "00000000000000000000000000000000")
	refused(t, err, forum.NotFound, "receipt.not_found")
}
