package public

import (
	"context"
	"net/url"
	"time"

	"acropolis/forum"
)

// Dossiers is what is posted with a topic: the approved version, without items while there is none.
type Dossiers interface {
	PublicDossier(context.Context, forum.ID) (forum.Dossier, error)
}

// dossierDocument is the approved dossier as the API shows it; the SHA-256 is the one that the approval is bound to.
type dossierDocument struct {
	Version  int                 `json:"version"`
	Items    []forum.DossierItem `json:"items"`
	SHA256   string              `json:"sha256,omitempty"`
	Document string              `json:"document,omitempty"`
	SavedAt  time.Time           `json:"saved_at,omitzero"`
	// Invited are experts' opinions that the city asked for: published beside the approved version, not bound by its SHA-256.
	Invited []forum.ExpertsOpinion `json:"invited_opinions"`
}

func newDossierDocument(d forum.Dossier) dossierDocument {
	document := dossierDocument{Version: d.Version, Items: d.Items, SHA256: d.SHA256, Document: d.Document, SavedAt: d.SavedAt, Invited: invited(d.Invited)}
	if document.Items == nil {
		document.Items = []forum.DossierItem{}
	}
	return document
}

// invited is never null in a document.
func invited(opinions []forum.ExpertsOpinion) []forum.ExpertsOpinion {
	if opinions == nil {
		return []forum.ExpertsOpinion{}
	}
	return opinions
}

// tab is the items of one kind. Experts stand side by side: who is for it, who against.
type tab struct {
	Kind  forum.ItemKind
	Items []item
	Sides []side
	Open  bool
}

// Count is how many items there are, whichever side they are on.
func (t tab) Count() int {
	n := len(t.Items)
	for _, s := range t.Sides {
		n += len(s.Items)
	}
	return n
}

// side is the experts of one stance.
type side struct {
	Stance forum.Stance
	Items  []item
}

// item is a piece of the dossier; Host is where its link leads, so that nobody is surprised.
type item struct {
	forum.DossierItem
	Host string
	Deep bool // its heading stands below a side's
}

// tabs are the kinds that there are, in the order in which pages show them; the first one is open.
func tabs(d forum.Dossier) []tab {
	var all []tab
	for _, kind := range forum.ItemKinds {
		one := tab{Kind: kind, Open: len(all) == 0}
		for _, i := range d.Items {
			if i.Kind == kind {
				one.Items = append(one.Items, item{i, hostOf(i.Link), kind == forum.ExpertOpinion})
			}
		}
		if len(one.Items) == 0 {
			continue
		}
		if kind == forum.ExpertOpinion {
			one.Items, one.Sides = nil, sides(one.Items)
		}
		all = append(all, one)
	}
	return all
}

// sides puts experts for and against beside each other, even where one side is empty: that too is to be seen. Neutral ones
// stand below.
func sides(experts []item) []side {
	all := []side{{Stance: forum.StanceFor}, {Stance: forum.StanceAgainst}, {Stance: forum.StanceNeutral}}
	for _, e := range experts {
		for i := range all {
			if all[i].Stance == e.Stance {
				all[i].Items = append(all[i].Items, e)
			}
		}
	}
	if len(all[2].Items) == 0 {
		all = all[:2]
	}
	return all
}

func hostOf(link string) string {
	address, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return address.Hostname()
}
