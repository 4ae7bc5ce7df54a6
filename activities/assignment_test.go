package activities_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"acropolis/activities"
	"acropolis/forum"
)

// shelf holds texts until they are read.
type shelf struct {
	unread []forum.Unread
	terms  map[string][]string
	fails  error
}

func (s *shelf) Unread(_ context.Context, n int) ([]forum.Unread, error) {
	return s.unread[:min(n, len(s.unread))], nil
}

func (s *shelf) SaveTerms(_ context.Context, read forum.Unread, terms []string) error {
	if s.fails != nil {
		return s.fails
	}
	s.terms[read.Department+string(read.Subject)] = terms
	s.unread = s.unread[1:]
	return nil
}

func (s *shelf) Terms(text string) []string { return strings.Fields(text) }

func TestTextsAreReadOnceAndCounted(t *testing.T) {
	s := &shelf{unread: []forum.Unread{{Noun: forum.TheAssignment, Department: "road", Text: "도로 계획"}, {Noun: forum.TheForum, Subject: aForum, Text: "광장"}},
		terms: map[string][]string{}}
	r := &activities.Readings{Store: s, Terms: s}
	for _, want := range []int{2, 0} {
		if n, err := r.Read(t.Context()); err != nil || n != want {
			t.Fatalf("read %d, %v; want %d", n, err, want)
		}
	}
	if len(s.terms["road"]) != 2 || len(s.terms[aForum]) != 1 {
		t.Errorf("%v", s.terms)
	}
	s.unread, s.fails = []forum.Unread{{Text: "광장"}}, errors.New("away")
	if _, err := r.Read(t.Context()); err == nil {
		t.Error("what couldn't be kept counts as read")
	}
}
