package postgres_test

import (
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// asked is a child's opinion whose guardian was asked; it gives the secret that the letter brought.
func asked(t *testing.T, s *postgres.Store) (opinion forum.ID, secret string) {
	t.Helper()
	opinion = accept(t, s, opinionOf(openForum(t, s), "놀이터를 만들어 주세요."))[0].ID
	for range 2 { // a retry asks once
		err := s.AskGuardian(t.Context(), forum.GuardianAsk{Noun: forum.TheOpinion, Subject: opinion, Child: "Child@example.org", Guardian: "mother@example.org", Lang: "ko"})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails WHERE kind = 'guardian_asked'`); n != 1 {
		t.Fatalf("%d letters to the guardian", n)
	}
	return opinion, one[string](t, s, `SELECT data ->> 'secret' FROM mails WHERE kind = 'guardian_asked'`)
}

// knows counts the places that hold an address.
func knows(t *testing.T, s *postgres.Store, address string) int {
	t.Helper()
	return one[int](t, s, `SELECT (SELECT count(*) FROM contacts WHERE email = $1) + (SELECT count(*) FROM guardian_consents WHERE child_email = $1)`, address)
}

// TestChildsAddressIsUsedOnlyWithItsGuardiansConsent: until then it is no contact and nothing is sent to it; a link that is
// opened shows the text and a masked address; after the consent the child gets its receipt, once.
func TestChildsAddressIsUsedOnlyWithItsGuardiansConsent(t *testing.T) {
	s := newStore(t)
	opinion, secret := asked(t, s)
	if n := one[int](t, s, `SELECT count(*) FROM contacts WHERE email = 'child@example.org'`); n != 0 {
		t.Error("the address is a contact before anybody agreed")
	}
	q, err := s.GuardianQuestion(t.Context(), secret)
	if err != nil || q.Text != "놀이터를 만들어 주세요." || q.Child != "c***@example.org" || q.AnswerBy.IsZero() {
		t.Fatalf("%+v, %v", q, err)
	}
	_, err = s.GuardianQuestion(t.Context(), "another secret")
	refused(t, err, forum.NotFound, "page.not_found")
	if err := s.AnswerGuardian(t.Context(), secret, true); err != nil {
		t.Fatal(err)
	}
	refused(t, s.AnswerGuardian(t.Context(), secret, true), forum.NotFound, "page.not_found")
	if n := one[int](t, s, `
SELECT count(*) FROM opinions o JOIN contacts c ON c.id = o.contact_id JOIN mails m ON m.contact_id = c.id AND m.kind = 'opinion_received' AND m.data ->> 'receipt' = o.receipt
WHERE o.id = $1 AND c.email = 'child@example.org'`, opinion); n != 1 {
		t.Errorf("%d letters with the receipt to the child", n)
	}
	if err := s.ForgetGuardians(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM guardian_consents WHERE consented AND child_email = ''`); n != 1 || knows(t, s, "mother@example.org") != 1 {
		t.Error("who agreed to it isn't known any more")
	}
}

// TestWithoutConsentBothAddressesAreForgotten: after a no at once, after silence when the time is over; a guardian whom the
// city knows from elsewhere stays known. What the child wrote stays.
func TestWithoutConsentBothAddressesAreForgotten(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *postgres.Store, secret string) error{
		"a no": func(t *testing.T, s *postgres.Store, secret string) error {
			return s.AnswerGuardian(t.Context(), secret, false)
		},
		"silence": func(t *testing.T, s *postgres.Store, secret string) error {
			if err := s.ForgetGuardians(t.Context()); err != nil || knows(t, s, "child@example.org") != 1 {
				t.Error("forgotten before the time is over: ", err)
			}
			exec(t, s, `UPDATE guardian_consents SET expires_at = now()`)
			refused(t, s.AnswerGuardian(t.Context(), secret, true), forum.NotFound, "page.not_found")
			return s.ForgetGuardians(t.Context())
		},
	} {
		for _, known := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				s := newStore(t)
				opinion, secret := asked(t, s)
				if known {
					accept(t, s, func() forum.NewOpinion {
						o := opinionOf(openForum(t, s), "저도요")
						o.Email = "mother@example.org"
						return o
					}())
				}
				if err := end(t, s, secret); err != nil {
					t.Fatal(err)
				}
				if knows(t, s, "child@example.org") != 0 || (knows(t, s, "mother@example.org") == 1) != known {
					t.Errorf("child %d, mother %d", knows(t, s, "child@example.org"), knows(t, s, "mother@example.org"))
				}
				if n := one[int](t, s, `SELECT count(*) FROM mails WHERE kind = 'guardian_asked'`); n != 0 {
					t.Errorf("%d letters are left", n)
				}
				if status := one[string](t, s, `SELECT status FROM opinions WHERE id = $1`, opinion); status != "published" {
					t.Errorf("the opinion is %s", status)
				}
			})
		}
	}
}

// TestNobodyIsFloodedAsAGuardian: five questions an hour; of a sixth not even the child's address is kept.
func TestNobodyIsFloodedAsAGuardian(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	for i := range 7 {
		err := s.AskGuardian(t.Context(), forum.GuardianAsk{Noun: forum.TheOpinion, Subject: accept(t, s, opinionOf(id, "의견 "+number(i)))[0].ID, Child: "child" + number(i) + "@example.org", Guardian: "mother@example.org"})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM guardian_consents`); n != 5 {
		t.Errorf("%d asked", n)
	}
}
