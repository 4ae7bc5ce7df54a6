package public

import (
	"testing"

	"acropolis/forum"
)

// TestCookieThatIsntOursIsNobodysSecret: whoever brings one is no other person at each try, neither with a key that they have sent
// before nor as a voter.
func TestCookieThatIsntOursIsNobodysSecret(t *testing.T) {
	s := aCity()
	s.forum.Identity = forum.IdentityDevice
	h := serve(t, s)
	for range 2 {
		wantStatus(t, ask(h, "POST", boardPath, `{"text":"나무를 더 심읍시다."}`, "Idempotency-Key", aKey, "Cookie", "browser=of-another-site"), 201)
	}
	if len(s.posted) != 1 {
		t.Errorf("tried again, it was posted %d times", len(s.posted))
	}
	for range 2 {
		ask(h, "PUT", "/api/v1/opinions/"+string(opinionID)+"/vote", `{"choice":"for"}`, "Cookie", "browser=of-another-site")
	}
	for _, v := range s.votes {
		if v.Device != nil {
			t.Errorf("somebody votes who is another one at each try")
		}
	}
}
