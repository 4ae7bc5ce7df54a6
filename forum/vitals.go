package forum

import "time"

// Vitals tell programs whether the city is well: what rule is broken in the data, what mail became of, what still waits to
// enter the ledger, and how long the history of one forum's procedure is.
type Vitals struct {
	Invariants    []Violation        `json:"invariants"`
	Mails         map[MailStatus]int `json:"mails"`
	LedgerPending int                `json:"ledger_pending"`
	BadAddresses  int                `json:"bad_addresses"`
	HistoryEvents int64              `json:"history_events,omitempty"`
}

// Violation is an invariant that doesn't hold: how many rows break it, and the id of one.
type Violation struct {
	Name   string `json:"name"`
	Rows   int    `json:"rows"`
	Sample string `json:"sample,omitempty"`
}

// CountAlarm says that a board showed other counts than a recount, which put them right.
type CountAlarm struct {
	Forum          ID
	Title          string
	At             time.Time
	Shown, Counted Counts
}
