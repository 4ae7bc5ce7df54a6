package demo_test

import (
	"slices"
	"strings"
	"testing"

	"acropolis/standalone/demo"
	"acropolis/standalone/journey"
)

func TestDemoCityHasEverybodyWhoActsInAJourney(t *testing.T) {
	s, err := demo.Staff()
	if err != nil {
		t.Fatal(err)
	}
	_, err = journey.Run(t.Context(), journey.Config{Staff: s, Input: strings.NewReader("opinion_id,text\n")})
	if err == nil || !strings.Contains(err.Error(), "no opinions") {
		t.Errorf("the staff are refused: %v", err)
	}
	if s.Departments[0].Code != "road-planning" {
		t.Errorf("where no words fit, %s answers", s.Departments[0].Code)
	}
	organisation, err := demo.Directory()
	if err != nil {
		t.Fatal(err)
	}
	for duty, logins := range map[string][]string{"officer": s.Officer, "moderator": s.Moderator, "committee": s.Committee, "analyst": s.Analyst, "juror": s.Juror} {
		for _, o := range organisation.Officials {
			if slices.Contains(logins, o.UID) && (!slices.Contains(o.Duties, duty) || o.Absent != nil) {
				t.Errorf("%s can't act as %s", o.UID, duty)
			}
		}
	}
	for _, o := range organisation.Officials { // a scoring ends early only when all have scored
		if slices.Contains(o.Duties, "committee") && !slices.Contains(s.Committee, o.UID) {
			t.Errorf("%s of the committee isn't asked", o.UID)
		}
	}
}
