package journey

import (
	"testing"

	"pgregory.net/rapid"
)

func someRows(t *rapid.T) []Row {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
		return Row{
			Author: rapid.SampledFrom([]string{"", "", "가", "나", "다", "라"}).Draw(t, "author"),
			Up:     rapid.IntRange(0, 12).Draw(t, "up"), Down: rapid.IntRange(0, 12).Draw(t, "down"),
		}
	}), 1, 200).Draw(t, "rows")
}

func TestBallotsGiveEachRowItsVotesByDifferentPeopleButItsAuthor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := someRows(t)
		pool := poolSize(rows)
		writers := authors(rows, pool)
		got := make([]Row, len(rows))
		voted := map[[2]int]bool{}
		for _, b := range ballots(rows, writers, pool) {
			switch {
			case b.citizen < 0 || b.citizen >= pool:
				t.Fatalf("citizen %d of %d", b.citizen, pool)
			case b.citizen == writers[b.row]:
				t.Fatalf("the author of row %d votes on it", b.row)
			case voted[[2]int{b.row, b.citizen}]:
				t.Fatalf("citizen %d votes twice on row %d", b.citizen, b.row)
			}
			voted[[2]int{b.row, b.citizen}] = true
			if b.choice == inFavour {
				got[b.row].Up++
			} else {
				got[b.row].Down++
			}
		}
		for n, row := range rows {
			if got[n].Up != row.Up || got[n].Down != row.Down {
				t.Fatalf("row %d has %d for and %d against, want %d and %d", n, got[n].Up, got[n].Down, row.Up, row.Down)
			}
		}
	})
}

func TestOneAuthorIsOneCitizenAndTheOthersGoRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := someRows(t)
		pool := poolSize(rows)
		writers, of, posts := authors(rows, pool), map[string]int{}, make([]int, pool)
		for n, row := range rows {
			if known, ok := of[row.Author]; ok && row.Author != "" && known != writers[n] {
				t.Fatalf("the author %q is the citizens %d and %d", row.Author, known, writers[n])
			}
			of[row.Author] = writers[n]
			if row.Author == "" {
				posts[writers[n]]++
			}
		}
		for citizen, n := range posts {
			if n > postsAtOnce {
				t.Fatalf("citizen %d posts %d of the rows without an author", citizen, n)
			}
		}
	})
}

func TestPoolIsAsLargeAsTheLargestCountAndItsAuthor(t *testing.T) {
	if n := poolSize([]Row{{Up: 3, Down: 4}, {Up: 5}}); n != 8 {
		t.Errorf("%d citizens, want 8", n)
	}
	if n := poolSize(make([]Row, 101)); n != 5 {
		t.Errorf("%d citizens for 101 opinions without votes, want 5", n)
	}
}
