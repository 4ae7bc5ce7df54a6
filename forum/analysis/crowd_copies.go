package analysis

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
)

const (
	shingleRunes   = 4    // letters of a shingle
	fewestShingles = 12   // of a text that can be a copy: shorter ones are alike by chance
	copyShare      = 0.45 // of two texts' shingles that are common to both
	fewestCopies   = 4    // of a group that means something
	bands          = 24   // of bandRows smallest hashes each
	bandRows       = 2
)

// NearCopies groups opinions whose texts share most of what they say: words changed, sentences moved. Candidates are found by
// hashes that are equal as often as the texts are alike (MinHash) and then compared.
func NearCopies(posts []Post) [][]Post {
	posts = slices.Clone(posts)
	slices.SortFunc(posts, func(a, b Post) int { return strings.Compare(a.Opinion, b.Opinion) })
	shingles := make([][]uint64, len(posts))
	group := make([]int, len(posts))
	buckets := map[[2]uint64][]int{}
	for i, p := range posts {
		shingles[i], group[i] = shinglesOf(p.Text), i
		if len(shingles[i]) < fewestShingles {
			continue
		}
		for band := range bands {
			key := [2]uint64{uint64(band), 0} //nolint:gosec // small
			for row := range bandRows {
				key[1] = key[1]*1099511628211 ^ smallest(shingles[i], uint64(band*bandRows+row)) //nolint:gosec // small
			}
			// Comparing with the bucket's last few keeps a thousand copies linear.
			for _, j := range buckets[key][max(0, len(buckets[key])-3):] {
				if root(group, i) != root(group, j) && alike(shingles[i], shingles[j]) >= copyShare {
					group[root(group, i)] = root(group, j)
				}
			}
			buckets[key] = append(buckets[key], i)
		}
	}
	byRoot := map[int][]Post{}
	for i, p := range posts {
		byRoot[root(group, i)] = append(byRoot[root(group, i)], p)
	}
	var groups [][]Post
	for _, g := range byRoot {
		if len(g) >= fewestCopies {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b []Post) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a[0].Opinion, b[0].Opinion))
	})
	return groups
}

func root(group []int, i int) int {
	for group[i] != i {
		group[i] = group[group[i]]
		i = group[i]
	}
	return i
}

func shinglesOf(text string) []uint64 {
	canon, _ := canonical(text)
	runes := []rune(canon)
	var all []uint64
	for i := 0; i+shingleRunes <= len(runes); i++ {
		h := fnv.New64a()
		_, _ = h.Write([]byte(string(runes[i : i+shingleRunes])))
		all = append(all, h.Sum64())
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// smallest is the smallest hash of the shingles under the nth mixing.
func smallest(shingles []uint64, n uint64) uint64 {
	least := ^uint64(0)
	for _, s := range shingles {
		x := s ^ (n+1)*0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		least = min(least, x^x>>31)
	}
	return least
}

// alike is the share of two texts' shingles that both have.
func alike(a, b []uint64) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both, i, j = both+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
