package postgres_test

import (
	"testing"

	"acropolis/forum"
)

// TestBoardIsReadByATheme: what the response's paragraph on it answers, counted; hidden text isn't found by it either.
func TestBoardIsReadByATheme(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	sent := accept(t, s, opinionOf(id, "잔디를 깔아 주세요."), opinionOf(id, "BUS 노선이 걱정입니다."), opinionOf(id, "잔디보다 나무를"), opinionOf(id, "잔디는 안 됩니다."))
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, sent[3].ID)
	if err := s.IndexOpinions(t.Context()); err != nil {
		t.Fatal(err)
	}
	for theme, want := range map[string]int{"잔디": 2, "bus": 1, "Bus": 1, "분수": 0} {
		got, total, err := s.Board(t.Context(), forum.BoardFilter{Forum: id, Theme: theme, Sort: forum.OldestFirst}, "", nil)
		if err != nil || total != want || len(got) != want {
			t.Errorf("%s: %d of %d, want %d (%v)", theme, len(got), total, want, err)
		}
	}
}
