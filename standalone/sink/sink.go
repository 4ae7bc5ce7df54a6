// Package sink is a mail server for trying things out: it takes every letter, delivers none, and shows them in a browser
// and to programs.
//
// Letters are kept in one file that is only ever appended to. A letter is in it before the sender hears "250", so a
// kill -9 loses none that was acknowledged; a half-written last one is cut off at the next start. The newest 20,000 are
// listed; older ones stay in the file and in Count.
package sink

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const listed = 20_000

// Mail is one received letter as lists show it.
type Mail struct {
	ID         int // from one, in the order of arrival
	MessageID  string
	To         []string // the envelope's, in lower case
	Subject    string
	ReceivedAt time.Time
}

// entry is a Mail and where its text lies in the file.
type entry struct {
	Mail
	offset int64
	size   int
}

// Sink keeps letters in a directory. It is safe for concurrent use; one process at a time may have the directory.
type Sink struct {
	file    *os.File
	serving sync.WaitGroup

	mu     sync.RWMutex
	end    int64
	count  int
	recent []entry // by id
}

// header is the line before each letter's text in the file.
type header struct {
	ID         int       `json:"id"`
	To         []string  `json:"to"`
	ReceivedAt time.Time `json:"received_at"`
	Size       int       `json:"size"`
}

// New opens the directory, making it when there is none, and reads which letters are there.
func New(dir string) (*Sink, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "letters.log"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("mail sink %s: another process has it: %w", file.Name(), err)
	}
	s := &Sink{file: file}
	if err := s.load(); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("mail sink %s: %w", file.Name(), err)
	}
	return s, nil
}

// Close waits until the servers have ended, which their contexts decide, and closes the file.
func (s *Sink) Close() error {
	s.serving.Wait()
	return s.file.Close()
}

// load reads the file up to the first letter that isn't there whole: it was being written when the process died.
func (s *Sink) load() error {
	reader := bufio.NewReaderSize(io.NewSectionReader(s.file, 0, 1<<62), 1<<20)
	for {
		h, raw, length, err := next(reader)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return s.file.Truncate(s.end)
		}
		if err != nil {
			return fmt.Errorf("at byte %d: %w", s.end, err)
		}
		s.index(h, s.end+length, raw)
	}
}

// next reads one letter and tells how long the line before it is.
func next(reader *bufio.Reader) (h header, raw []byte, length int64, err error) {
	line, err := reader.ReadBytes('\n')
	if err != nil {
		return h, nil, 0, err
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, nil, 0, err
	}
	raw = make([]byte, h.Size+1)
	_, err = io.ReadFull(reader, raw)
	return h, raw[:h.Size], int64(len(line)), err
}

// index notes a letter that lies in the file.
func (s *Sink) index(h header, offset int64, raw []byte) {
	top := readTop(raw)
	if len(s.recent) == listed {
		s.recent = slices.Delete(s.recent, 0, listed/10)
	}
	s.recent = append(s.recent, entry{
		Mail:   Mail{ID: h.ID, MessageID: top.messageID, To: h.To, Subject: top.subject, ReceivedAt: h.ReceivedAt},
		offset: offset, size: h.Size,
	})
	s.count = h.ID
	s.end = offset + int64(h.Size) + 1
}

// keep appends a letter. When it fails nothing of the letter stays.
func (s *Sink) keep(to []string, raw []byte) error {
	for i := range to {
		to[i] = strings.ToLower(to[i])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := header{ID: s.count + 1, To: to, ReceivedAt: time.Now().UTC().Truncate(time.Millisecond), Size: len(raw)}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if _, err := s.file.WriteAt(slices.Concat(line, raw, []byte{'\n'}), s.end); err != nil {
		_ = s.file.Truncate(s.end)
		return err
	}
	s.index(h, s.end+int64(len(line)), raw)
	return nil
}

// Count is the number of letters that have ever been taken.
func (s *Sink) Count() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.count
}

// ByMessageID gives the letters that bear the id, with or without its <>. More than one is a letter sent twice.
func (s *Sink) ByMessageID(id string) []Mail {
	id = strings.Trim(id, "<>")
	return mails(s.find(listed, func(e *entry) bool { return e.MessageID == id }))
}

// Messages gives the letters to the address (all for "") that came after the one with that id, oldest first.
func (s *Sink) Messages(to string, after int) []Mail {
	return mails(s.find(listed, func(e *entry) bool { return e.ID > after && e.isTo(to) }))
}

func (m *Mail) isTo(address string) bool {
	return address == "" || slices.Contains(m.To, strings.ToLower(address))
}

// find gives at most so many matching letters, oldest first.
func (s *Sink) find(most int, match func(*entry) bool) []entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []entry
	for i := range s.recent {
		if len(found) < most && match(&s.recent[i]) {
			found = append(found, s.recent[i])
		}
	}
	return found
}

func mails(entries []entry) []Mail {
	all := make([]Mail, len(entries))
	for i := range entries {
		all[i] = entries[i].Mail
	}
	return all
}

// open reads a letter's text from the file.
func (s *Sink) open(e entry) (letter, error) {
	raw := make([]byte, e.size)
	if _, err := s.file.ReadAt(raw, e.offset); err != nil {
		return letter{}, err
	}
	return read(raw), nil
}
