package postgres_test

import (
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// Officials may write on the board, but the analysis knows them by their address, so that none of them wins.
func TestAnalysisKnowsWhoIsStaff(t *testing.T) {
	s := newStore(t)
	id := forumIn(t, s, forum.Analysing)
	exec(t, s, `INSERT INTO officials (id, uid, name, email) VALUES ($1, 'kim', '김도현', 'Kim.Dohyun@City.example')`, postgres.NewID())
	for author, address := range map[string]string{"official": "kim.dohyun@city.example", "citizen": "citizen@example.org"} {
		contact := postgres.NewID()
		exec(t, s, `INSERT INTO contacts (id, email) VALUES ($1, $2)`, contact, address)
		exec(t, s, `
INSERT INTO opinions (id, forum_id, status, text, contact_id, author, receipt, salt, accepted_at, pseudonym)
VALUES ($1, $2, 'published', '광장에 나무를', $3, $4, $5, 'salt', now(), $5)`, postgres.NewID(), id, contact, []byte(author), author)
	}
	opinions, err := s.AnalysisInput(t.Context(), id)
	if err != nil || len(opinions) != 2 {
		t.Fatal(opinions, err)
	}
	for _, o := range opinions {
		if o.Staff != (o.Pseudonym == "official") {
			t.Errorf("%s is staff: %v", o.Pseudonym, o.Staff)
		}
	}
}
