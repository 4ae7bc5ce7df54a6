package journey

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// mailbox reads the mails that the city sent, of everybody whom the journey plays.
type mailbox struct {
	client *client

	mu      sync.Mutex
	last    int                 // the newest letter that was read
	letters map[string][]letter // by address
	read    time.Time
}

type letter struct {
	ID      int    `json:"id"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// lettersTo gives what has come to an address so far, oldest first. It looks for new letters at most every 100 ms.
func (m *mailbox) lettersTo(ctx context.Context, address string) ([]letter, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for time.Since(m.read) > 100*time.Millisecond {
		var fresh []letter
		if err := m.client.call(ctx, http.MethodGet, fmt.Sprintf("/api/messages?after=%d", m.last), "", nil, &fresh); err != nil {
			return nil, fmt.Errorf("read the mails: %w", err)
		}
		for _, one := range fresh {
			m.last = max(m.last, one.ID)
			for to := range strings.SplitSeq(one.To, ", ") {
				m.letters[to] = append(m.letters[to], one)
			}
		}
		if len(fresh) == 0 {
			m.read = time.Now()
		}
	}
	return m.letters[address], nil
}

var (
	codeInLetter  = regexp.MustCompile(`\b[0-9]{6}\b`)
	offerInLetter = regexp.MustCompile(`/awards/[A-Za-z0-9_-]+`)
)

// awaitLetter waits for a letter to an address that has this in it, and gives the newest one's.
func (m *mailbox) awaitLetter(ctx context.Context, address string, part *regexp.Regexp, limit time.Duration) (string, error) {
	found := ""
	err := await(ctx, "a letter to "+address, limit, func(ctx context.Context) (bool, error) {
		letters, err := m.lettersTo(ctx, address)
		for _, one := range letters {
			if match := part.FindString(one.Subject + "\n" + one.Text); match != "" {
				found = match
			}
		}
		return found != "", err
	})
	return found, err
}
