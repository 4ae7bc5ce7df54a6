package forum

import "time"

// MyOpinion is an opinion as its author's own page shows it.
type MyOpinion struct {
	Opinion
	Receipt   Receipt // opens its status page
	Confirmed bool    // posted in a confirmed session, not just with this address
	Topic     Forum
}

// MyVote is a vote that stands, with the opinion it is on.
type MyVote struct {
	Opinion
	VotedAt time.Time
	Topic   Forum
}

// MySuggestion is a suggestion as its author's own page shows it.
type MySuggestion struct {
	Suggestion
	Receipt Receipt
}

// MySubscription is what an address gets news of.
type MySubscription struct {
	ID    ID
	Forum ID // empty: every forum
	Title string
	Since time.Time
}

// Window is a part of a list: the page, from 1, and how many rows one has.
type Window struct{ Page, Size int }

// Skip is how many rows come before it.
func (w Window) Skip() int { return max(w.Page-1, 0) * w.Size }
