package forum

import "time"

// Correction is a version of a published response that puts it right. It is drafted and approved while citizens go on reading
// the old one.
type Correction struct {
	Version    int
	Reason     string // which citizens read beside the new text
	Paragraphs []Paragraph
	SHA256     string // of its Text
	SavedAt    time.Time
	SavedBy    string
	At         time.Time // when it took the old one's place; zero: it is a draft
}

// CorrectionText is what the approval of a correction is about: the new text and the reason that is published with it.
type CorrectionText struct {
	Reason     string      `json:"reason"`
	Paragraphs []Paragraph `json:"paragraphs"`
}

// Correctable are the statuses of a forum in which its response may be put right: from its publication until the procedure ends.
var Correctable = []ForumStatus{Published, Following}
