package activities

import (
	"cmp"
	"encoding/json"
	"time"

	"acropolis/forum"
)

// digestPart is a heading of a digest with its lines.
type digestPart struct {
	Part  forum.DigestPart
	Lines []forum.DigestLine
}

// digest gives the parts of a day's letter, as its store put them in order.
func digest(raw string) ([]digestPart, error) {
	var lines []forum.DigestLine
	if err := json.Unmarshal([]byte(raw), &lines); err != nil {
		return nil, err
	}
	var parts []digestPart
	for _, l := range lines {
		if n := len(parts); n == 0 || parts[n-1].Part != l.Part {
			parts = append(parts, digestPart{Part: l.Part})
		}
		last := &parts[len(parts)-1]
		last.Lines = append(last.Lines, l)
	}
	return parts, nil
}

// instant is how letters carry one.
func instant(t time.Time) string { return t.Format(time.RFC3339Nano) }

// place is where a step is found in the intranet: what waits for the reader on their My work, the rest on its own page.
func place(l forum.DigestLine) string {
	switch l.Part {
	case forum.DigestEscalated, forum.DigestGaveOver, forum.DigestPaused:
		switch l.Noun {
		case forum.TheApproval:
			return "approvals/" + string(l.Subject)
		case forum.TheRound:
			return "rounds/" + string(l.Subject)
		}
		return "forums/" + string(cmp.Or(l.Forum, l.Subject))
	}
	return "#wait-" + string(l.Wait)
}
