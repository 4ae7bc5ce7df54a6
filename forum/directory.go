package forum

import (
	"cmp"
	"slices"
)

// Directory is the city's people and units at one moment, for what reckons with them beside the database.
type Directory struct {
	People []Official
	Units  []Department
}

// Of gives an official by id.
func (d Directory) Of(id ID) (Official, bool) {
	i := slices.IndexFunc(d.People, func(o Official) bool { return o.ID == id })
	if i < 0 {
		return Official{}, false
	}
	return d.People[i], true
}

// Means are the officials whom a wait means: the one it names, or all who hold the duty.
func (d Directory) Means(o Owed) []ID {
	var all []ID
	for _, p := range d.People {
		if o.Official != "" && p.ID == o.Official || o.Official == "" && p.Has(o.Duty) && (o.Department == "" || p.Department == o.Department) {
			all = append(all, p.ID)
		}
	}
	slices.Sort(all)
	return all
}

// WithSubstitutes adds whoever stands in for those who are absent.
func (d Directory) WithSubstitutes(people []ID) []ID {
	all := slices.Clone(people)
	for _, id := range people {
		if p, known := d.Of(id); known && p.Absent && p.Substitute != "" {
			all = append(all, p.Substitute)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Acts is who does what a wait asks for: whom it means, by login name the first who is there, or their substitute; nobody where
// none of them may.
func (d Directory) Acts(o Owed) (Official, bool) {
	means := d.Means(o)
	slices.SortFunc(means, func(a, b ID) int {
		one, _ := d.Of(a)
		other, _ := d.Of(b)
		return cmp.Or(absentLast(one)-absentLast(other), cmp.Compare(one.UID, other.UID))
	})
	for _, id := range means {
		asked, _ := d.Of(id)
		if asked.May(o.Kind, asked.Department) != nil {
			continue
		}
		if substitute, known := d.Of(asked.Substitute); asked.Absent && known {
			return substitute, true
		}
		return asked, true
	}
	return Official{}, false
}

func absentLast(o Official) int {
	if o.Absent {
		return 1
	}
	return 0
}

// Superior is the next one up, or empty.
func (d Directory) Superior(id ID) ID {
	o, _ := d.Of(id)
	if _, known := d.Of(o.Superior); !known || o.Superior == id {
		return ""
	}
	return o.Superior
}

// Head is who is asked for a department: its head; for an absent one the substitute; where there is none, the head of the unit
// above. Empty: nobody.
func (d Directory) Head(department string) ID {
	for range 20 {
		heads := d.headsOf(department)
		if len(heads) > 0 {
			if substitute, known := d.Of(heads[0].Substitute); heads[0].Absent && known && !substitute.Absent {
				return substitute.ID
			}
			return heads[0].ID
		}
		i := slices.IndexFunc(d.Units, func(u Department) bool { return u.Code == department })
		if i < 0 || d.Units[i].Parent == "" {
			return ""
		}
		department = d.Units[i].Parent
	}
	return ""
}

// headsOf are a department's heads, those who are there or have somebody to stand in for them first.
func (d Directory) headsOf(department string) []Official {
	heads := slices.DeleteFunc(slices.Clone(d.People), func(o Official) bool { return o.Department != department || !o.Has(Head) })
	slices.SortFunc(heads, func(a, b Official) int {
		without := func(o Official) int {
			if o.Absent && o.Substitute == "" {
				return 1
			}
			return 0
		}
		return cmp.Or(without(a)-without(b), cmp.Compare(a.UID, b.UID))
	})
	return heads
}

// LineFor is a usual approval line of up to n signers for a department's document: from its head upwards, then the officers and
// the executives, all who may sign but the drafter and those who are absent. The last one approves.
func (d Directory) LineFor(department string, drafter ID, n int) []LineSigner {
	var candidates []ID
	for up := d.Head(department); up != "" && !slices.Contains(candidates, up); up = d.Superior(up) {
		candidates = append(candidates, up)
	}
	for _, duty := range []Duty{Officer, Executive, Analyst} {
		more := d.Means(Owed{Duty: duty})
		slices.SortFunc(more, func(a, b ID) int {
			one, _ := d.Of(a)
			other, _ := d.Of(b)
			return cmp.Compare(one.UID, other.UID)
		})
		candidates = append(candidates, more...)
	}
	var line []LineSigner
	for _, id := range candidates {
		o, known := d.Of(id)
		in := slices.ContainsFunc(line, func(s LineSigner) bool { return s.Official == id })
		if len(line) < n && known && !in && id != drafter && !o.Absent && o.May(SignApproval, o.Department) == nil {
			line = append(line, LineSigner{Role: Reviewer, Official: id})
		}
	}
	if len(line) > 0 {
		line[len(line)-1].Role = Approver
	}
	return line
}
