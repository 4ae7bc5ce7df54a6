package analysis

// Group is how one opinion group voted on one opinion.
type Group struct {
	Agree int
	// Seen counts everyone of the group who voted on the opinion: for, against, or passing where a pass can be said.
	Seen int
}

// ShrunkenShare is (agree + 1) / (seen + 2), the share who agree drawn towards one half as if one more person had
// agreed and one more hadn't: an opinion that nobody has seen has one half.
//
// Source: Laplace's law of succession; the p_agree of Polis (C. Small et al., "Polis: Scaling deliberation by mapping
// high dimensional opinion spaces", Recerca 26(2), 2021).
func ShrunkenShare(agree, seen int) float64 {
	return float64(agree+1) / float64(seen+2)
}

// GroupAware is the group-aware consensus of an opinion: the product of its shrunken shares over all opinion groups,
// so that no group's size makes up for another group's refusal. A group of which nobody has seen the opinion belongs to it
// too and counts one half: opinions compare only when all are measured over the same groups.
//
// Source: Polis's group-aware consensus, as its server computes it.
func GroupAware(groups []Group) float64 {
	product := 1.0
	for _, g := range groups {
		product *= ShrunkenShare(g.Agree, g.Seen)
	}
	return product
}
