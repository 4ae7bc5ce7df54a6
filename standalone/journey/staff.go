package journey

import (
	"errors"
	"strings"
)

// Staff are the logins of those who act, by duty. Where a duty has several, all must do their part (committee, juror) or the
// first does it.
type Staff struct {
	Officer   []string `json:"officer"`
	Reviewer  []string `json:"reviewer"` // an officer who looks through what a department drafts; may be none
	Approver  []string `json:"approver"` // signs what the forum's own office drafts
	Moderator []string `json:"moderator"`
	Committee []string `json:"committee"`
	Analyst   []string `json:"analyst"`
	Juror     []string `json:"juror"`

	Departments []Department `json:"departments"`
}

// Department is a unit that may become responsible for a topic.
type Department struct {
	Code    string   `json:"code"`
	Head    string   `json:"head"`    // login; signs
	Drafter string   `json:"drafter"` // login; somebody else than the head
	Words   []string `json:"words"`   // what it is responsible for, as citizens say it
}

func (s Staff) validate() error {
	for duty, logins := range map[string][]string{"officer": s.Officer, "approver": s.Approver, "moderator": s.Moderator,
		"committee": s.Committee, "analyst": s.Analyst, "juror": s.Juror} {
		if len(logins) == 0 || logins[0] == "" {
			return errors.New("the staff lack a login for " + duty)
		}
	}
	if len(s.Departments) == 0 {
		return errors.New("the staff lack a department")
	}
	for _, d := range s.Departments {
		if d.Code == "" || d.Head == "" || d.Drafter == "" || d.Head == d.Drafter {
			return errors.New("the department " + d.Code + " lacks a head and a drafter who is somebody else")
		}
	}
	return nil
}

// departmentFor is the unit whose words the opinions use most; the first where none does.
func (s Staff) departmentFor(rows []Row) Department {
	best, most := s.Departments[0], 0
	for _, d := range s.Departments {
		n := 0
		for _, word := range d.Words {
			for piece := range strings.FieldsFuncSeq(word, func(r rune) bool { return strings.ContainsRune(" ()", r) }) {
				for _, row := range rows {
					n += strings.Count(row.Topic+" "+row.Text, piece)
				}
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}
