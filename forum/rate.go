package forum

import "time"

// Rate is how often one may ask for something, counted across all web processes.
type Rate struct {
	Name  string
	Every time.Duration // one more after each
	Burst int           // at once
}

// The rates that must hold however many processes serve: what sends mails to addresses that anybody may type, and what somebody
// must read. A school shares one network, so a network's are generous.
var (
	MailsOfNetwork       = Rate{"mails", 3 * time.Second, 10}
	SuggestionsOfNetwork = Rate{"suggestions", 24 * time.Hour / 200, 100}
	SuggestionsOfPerson  = Rate{"suggestions of one", 24 * time.Hour / 20, 20}
)

// Used is what one web process let through of a key since it last told the others: as much as that takes to be at rest again.
type Used struct {
	Key  string
	Took time.Duration // negative when more was given back than let through
}
