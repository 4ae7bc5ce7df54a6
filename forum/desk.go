package forum

import (
	"slices"
	"time"
)

// EnterOpinion is entering somebody's opinion on an open forum for them.
const EnterOpinion Action = "opinion.enter"

// Channel is how words reached the city that staff entered for somebody; empty: they were sent by their author.
type Channel string

// The channels, in the order in which forms offer them.
const (
	ViaLetter Channel = "letter"
	ViaPaper  Channel = "paper"
	ViaPhone  Channel = "phone"
	ViaVisit  Channel = "visit"
)

// Channels are all of them.
var Channels = []Channel{ViaLetter, ViaPaper, ViaPhone, ViaVisit}

// ReceivedDays is how long ago something may have been received that is entered now: whoever types an older year has
// mistyped it.
const ReceivedDays = 366

// Entry is what staff say of words that they enter for somebody. The zero Entry is of what its author sent.
type Entry struct {
	Channel  Channel
	Received string // the city's day on which it came, 2026-11-23
	From     string // the official's address, for the trail
}

// ValidateEntry tells what the official can mend of a suggestion that they enter, on the city's day today. Only an official's
// own idea came by no channel.
func (s NewSuggestion) ValidateEntry(today string) error {
	switch {
	case s.Entry.Channel != "":
		return s.Entry.Validate(today)
	case s.Kind != ByOfficial:
		return Refuse(Invalid, "entry.channel_missing").At("channel")
	}
	return nil
}

// Validate tells what the official can mend, on the city's day today.
func (e Entry) Validate(today string) error {
	if !slices.Contains(Channels, e.Channel) {
		return Refuse(Invalid, "choice.missing").At("channel")
	}
	day, err := time.Parse(time.DateOnly, e.Received)
	if err != nil {
		return Refuse(Invalid, "entry.not_a_day").At("received")
	}
	now, err := time.Parse(time.DateOnly, today)
	switch {
	case err != nil:
		return err
	case day.After(now):
		return Refuse(Invalid, "entry.in_future").At("received")
	case day.Before(now.AddDate(0, 0, -ReceivedDays)):
		return Refuse(Invalid, "entry.too_old").At("received").With("days", itoa(ReceivedDays))
	}
	return nil
}
