package forum

// NewUrgent is a topic that can't wait for a round: an accepted suggestion, or a text of the officer's own, which becomes an
// official's suggestion first. Until it is approved nothing else has changed.
type NewUrgent struct {
	Suggestion ID // empty: Title and Text
	Title      string
	Text       string
	Lang       string
	Track      Track
	Reason     string // why it can't wait; the approver reads it, the proposer too
	LineDetails
	Idempotency Idempotency // of the form
}

// Validate tells what the officer can mend.
func (u NewUrgent) Validate() error {
	if u.Suggestion == "" {
		if err := lengthOf("title", u.Title, SuggestionTitleMin, SuggestionTitleMax); err != nil {
			return err
		}
		if err := lengthOf("text", u.Text, SuggestionTextMin, SuggestionTextMax); err != nil {
			return err
		}
	}
	return needReason(u.Reason)
}
