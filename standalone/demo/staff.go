package demo

import (
	"cmp"
	"slices"

	"acropolis/standalone/journey"
)

// Staff are those of the demo city's people who act in the journey.
func Staff() (journey.Staff, error) {
	var s journey.Staff
	organisation, err := Directory()
	if err != nil {
		return s, err
	}
	for _, o := range organisation.Officials {
		has := func(duty string) bool { return slices.Contains(o.Duties, duty) }
		switch {
		case o.Absent != nil:
			continue
		case has("officer") && has("head"):
			s.Approver = append(s.Approver, o.UID)
		case has("officer") && o.Rank == "leader":
			s.Reviewer = append(s.Reviewer, o.UID)
		case has("officer"):
			s.Officer = append(s.Officer, o.UID)
		case has("moderator"):
			s.Moderator = append(s.Moderator, o.UID)
		case has("analyst"):
			s.Analyst = append(s.Analyst, o.UID)
		}
		if has("committee") {
			s.Committee = append(s.Committee, o.UID)
		}
		if has("juror") {
			s.Juror = append(s.Juror, o.UID)
		}
	}
	s.Departments = departmentsOf(organisation)
	return s, nil
}

// departmentsOf are the divisions that may become responsible, each with its head and with the drafter of the lowest rank.
func departmentsOf(organisation Organisation) []journey.Department {
	var all []journey.Department
	for _, d := range organisation.Departments {
		one := journey.Department{Code: d.OU, Words: d.Work.Ko}
		for _, o := range organisation.Officials {
			switch {
			case o.Absent != nil || o.Department != d.OU:
			case o.UID == d.Head:
				one.Head = o.UID
			case slices.Contains(o.Duties, "drafter"):
				one.Drafter = o.UID
			}
		}
		if d.Kind == "division" && one.Head != "" && one.Drafter != "" && !slices.Contains([]string{"citizen-communication", "audit-division"}, d.OU) {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b journey.Department) int { // the first forum's is the one where no words fit
		return cmp.Compare(btoi(b.Code == "road-planning"), btoi(a.Code == "road-planning"))
	})
	return all
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
