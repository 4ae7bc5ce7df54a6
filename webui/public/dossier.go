package public

import (
	"context"
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

// itemGroup is the items of one kind, in the order in which pages show the kinds.
type itemGroup struct {
	Kind  forum.ItemKind
	Items []forum.DossierItem
}

func itemGroups(d forum.Dossier) []itemGroup {
	var groups []itemGroup
	for _, kind := range forum.ItemKinds {
		group := itemGroup{Kind: kind}
		for _, item := range d.Items {
			if item.Kind == kind {
				group.Items = append(group.Items, item)
			}
		}
		if len(group.Items) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}
