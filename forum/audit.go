package forum

import "time"

// AuditEntry is one staff or system change: who, when, from where, why.
type AuditEntry struct {
	At      time.Time
	By      string // the official's name; "system" for a clock, "citizen" for a citizen's own step
	From    string
	Action  string
	Noun    Noun
	Subject ID
	Before  string // status
	After   string
	Reason  string
	Title   string
}

// AuditFilter narrows the trail.
type AuditFilter struct {
	Noun       Noun
	Subject    ID
	Department string
	Page, Size int
}
