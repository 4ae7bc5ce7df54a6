package forum

import "time"

// PublicDates are the days of a forum that belong in everybody's calendar; a day that isn't known yet is zero.
type PublicDates struct {
	Forum      Forum
	AnsweredAt time.Time // when the city's answer came out
	ChangedAt  time.Time // of the last step, or of what was last corrected
}

// PublicAddress is a page about something that citizens may read.
type PublicAddress struct {
	Noun      Noun
	ID        ID
	Results   bool // a forum's answer has a page of its own
	ChangedAt time.Time
}

// PublicAddressesMost is how many pages a list for search engines may name: each in every language, and in all not more
// than the 50,000 that one such list may have.
const PublicAddressesMost = 10_000
