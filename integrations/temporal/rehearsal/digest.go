package rehearsal

import (
	"maps"
	"slices"

	"acropolis/forum"
)

// nextDigest lets the day's letters be written on the next working morning, and so on each.
func (c *city) nextDigest() {
	c.later(c.days.NextDigest(c.now()), func() {
		quiet := c.busy == c.busyBefore
		c.busyBefore = c.busy
		c.digest()
		if quiet && c.nothingFollows() {
			c.giveUp()
			return
		}
		c.nextDigest()
	})
}

// digest writes one letter to everybody who has something to read: what is overdue or due by the end of the next working day,
// and what they haven't been told yet.
func (c *city) digest() {
	readers := map[forum.ID]bool{}
	horizon := c.days.After(c.now(), 1)
	for _, w := range c.waits {
		if w.done {
			continue
		}
		for _, id := range c.staff.Means(w.Owed) {
			reader := id
			if o, _ := c.staff.Of(id); o.Absent && o.Substitute != "" {
				reader = o.Substitute
				c.standsIn(w, reader)
			}
			if !w.Due.After(horizon) {
				readers[reader] = true
			}
		}
	}
	for _, n := range c.notices {
		if !n.told && !n.wait.done {
			readers[n.official] = true
		}
		n.told = true
	}
	for _, id := range slices.Sorted(maps.Keys(readers)) {
		c.mail(string(forum.MailDigest), forum.TheOfficial, forum.Whom{Official: id})
	}
}

// standsIn tells a substitute of a wait that they haven't heard of yet.
func (c *city) standsIn(w *wait, substitute forum.ID) {
	if !slices.ContainsFunc(c.notices, func(n *notice) bool { return n.wait == w && n.official == substitute }) {
		c.notices = append(c.notices, &notice{official: substitute, wait: w})
	}
}

// nothingFollows says that nobody will act by the plan and no clock strikes any more.
func (c *city) nothingFollows() bool {
	if c.pending > 0 || c.status == forum.Scheduled || c.status == forum.Open {
		return false
	}
	if slices.ContainsFunc(c.awards, func(a *award) bool { return a.status == forum.AwardOffered }) {
		return false
	}
	return forum.ForumSteps.IsFinal(c.status) || !slices.ContainsFunc(c.waits, func(w *wait) bool { return !w.done && !w.nextAt.IsZero() })
}
