package forum

import "time"

// MilestoneStatus is where a promise of the response stands.
type MilestoneStatus string

// The statuses of a follow-up milestone.
const (
	MilestonePlanned MilestoneStatus = "planned"
	MilestoneDone    MilestoneStatus = "done"
	MilestoneLate    MilestoneStatus = "late"
	MilestoneDropped MilestoneStatus = "dropped"
)

// MilestoneSteps is the life of a milestone; a late one may still be done or dropped.
var MilestoneSteps = Steps[MilestoneStatus]{
	MilestonePlanned: {MilestoneDone, MilestoneLate, MilestoneDropped},
	MilestoneLate:    {MilestoneDone, MilestoneDropped},
}

// Milestone is one promise with its date.
type Milestone struct {
	ID     ID              `json:"id"`
	Title  string          `json:"title"`
	Due    time.Time       `json:"due"`
	Status MilestoneStatus `json:"status"`
	DoneAt time.Time       `json:"done_at,omitzero"`
	Note   string          `json:"note,omitempty"` // public: what was done, or why it was dropped
}

// Validate tells what the drafter can mend.
func (m Milestone) Validate() error {
	if m.Due.IsZero() {
		return Refuse(Invalid, "milestone.due_missing").At("due")
	}
	return lengthOf("title", m.Title, 2, ItemTitleMax)
}
