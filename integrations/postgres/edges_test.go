package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// reviewed is a dossier before a line of a reviewer, a department that is consulted, and an approver.
func (c city) reviewed() forum.Approval {
	c.t.Helper()
	id := c.preparing()
	line := c.line("road.head", "parks.head", "officer")
	line.Signers[1].Role = forum.Consulted
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", line)
	return c.signed(forum.TheDossier, id)
}

// TestEachSignersStepStandsInTheLine takes a waiting signer every way that the line knows.
func TestEachSignersStepStandsInTheLine(t *testing.T) {
	c := newCity(t)
	signer := func(a forum.Approval, order int) forum.SignerStatus {
		now, err := c.Approval(t.Context(), a.ID)
		c.must(err)
		return now.Line[order].Status
	}
	signs := func(a forum.Approval, uid string) {
		t.Helper()
		_, err := c.SignApproval(t.Context(), c.decided(uid, forum.SignApproval, forum.TheApproval, a.ID, "", nil))
		c.must(err)
	}
	want := func(got, want forum.SignerStatus) {
		t.Helper()
		if got != want {
			t.Errorf("the signer is %s, want %s", got, want)
		}
	}

	a := c.reviewed()
	want(signer(a, 0), forum.SignerWaiting)
	signs(a, "road.head")
	want(signer(a, 0), forum.SignerApproved)
	signs(a, "parks.head")
	want(signer(a, 1), forum.SignerConsulted)
	_, err := c.ReturnApproval(t.Context(), c.decided("officer", forum.ReturnApproval, forum.TheApproval, a.ID, "보완해 주십시오.", nil))
	c.must(err)
	want(signer(a, 2), forum.SignerReturned)

	// A place that was delegated away is skipped: the line goes on behind it and ends without it.
	b := c.reviewed()
	exec(t, c.Store, `UPDATE approval_signers SET status = 'skipped' WHERE approval_id = $1 AND ord <= 2 AND status = 'waiting'`, b.ID)
	want(signer(b, 1), forum.SignerSkipped)
	signs(b, "officer")
	if done, err := c.Approval(t.Context(), b.ID); err != nil || done.Status != forum.Approved {
		t.Errorf("the document is %s, %v", done.Status, err)
	}

	d := c.reviewed()
	c.directory(func(p *forum.DirectoryPerson) bool {
		p.Absent = p.UID == "road.head"
		return true
	})
	signs(d, "road.deputy")
	want(signer(d, 0), forum.SignerSubstitute)
}

// TestLetterOfUnknownFateGoesOutAgainWhenAnOperatorSaysSo: by itself it would, at most, be tried once more.
func TestLetterOfUnknownFateGoesOutAgainWhenAnOperatorSaysSo(t *testing.T) {
	s := newStore(t)
	inOutbox(t, s, forum.MailAwardOffered, 1)
	l := due(t, s, 1)[0]
	if got := mailStatus(t, s, l.ID); got != forum.MailAttempting {
		t.Fatalf("taken, it is %s", got)
	}
	done(t, s, l.ID, forum.MailUnknown, 0)
	exec(t, s, `UPDATE mails SET next_at = now() - interval '1 day'`)
	if again := due(t, s, 1); mailStatus(t, s, l.ID) != forum.MailUnknown || len(again) != 0 {
		t.Fatalf("without anybody's word: %+v", again)
	}
	if err := s.RetryMail(t.Context(), official(t, s, "operator", forum.Operator), "10.0.0.1", l.ID); err != nil {
		t.Fatal(err)
	}
	if got := mailStatus(t, s, l.ID); got != forum.MailPending {
		t.Errorf("after the operator's word it is %s", got)
	}
	if again := due(t, s, 1); len(again) != 1 || again[0].MessageID != l.MessageID {
		t.Errorf("%+v", again)
	}
	done(t, s, l.ID, forum.MailPending, time.Hour)
	if got := mailStatus(t, s, l.ID); got != forum.MailPending {
		t.Errorf("after a passing failure it is %s", got)
	}
}

func TestAuthorTakesBackAHeldOpinion(t *testing.T) {
	c := newCity(t)
	id := c.open()
	exec(t, c.Store, `UPDATE forums SET moderation = 'before' WHERE id = $1`, id)
	opinion := accept(t, c.Store, opinionOf(id, "아직 게시되지 않은 글"))[0]
	status := func() forum.OpinionStatus {
		return one[forum.OpinionStatus](t, c.Store, `SELECT status FROM opinions WHERE id = $1`, opinion.ID)
	}
	if status() != forum.OpinionHeld {
		t.Fatalf("it is %s", status())
	}
	c.must(c.WithdrawOpinion(t.Context(), opinion.Receipt))
	if status() != forum.OpinionWithdrawn {
		t.Errorf("it is %s", status())
	}
	c.wantWaits(opinion.ID) // nobody is asked to look at it any more
	c.wantNothingWrong()
}
