package public

import (
	"context"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Dossiers is what is posted with a topic: the approved version, without items while there is none.
type Dossiers interface {
	PublicDossier(context.Context, forum.ID) (forum.Dossier, error)
	PublicFile(ctx context.Context, forumID, file forum.ID) (forum.DossierFile, error)
	FileSlice(ctx context.Context, file forum.ID, from, n int) ([]byte, error)
}

// dossierDocument is the approved dossier as the API shows it; the SHA-256 is the one that the approval is bound to.
type dossierDocument struct {
	Version  int            `json:"version"`
	Items    []itemDocument `json:"items"`
	SHA256   string         `json:"sha256,omitempty"`
	Document string         `json:"document,omitempty"`
	SavedAt  time.Time      `json:"saved_at,omitzero"`
	// Invited are experts' opinions that the city asked for: published beside the approved version, not bound by its SHA-256.
	Invited []forum.ExpertsOpinion `json:"invited_opinions"`
}

// itemDocument is an item; its file is where it can be had.
type itemDocument struct {
	forum.DossierItem
	File *fileDocument `json:"file,omitempty"`
}

type fileDocument struct {
	URL    string `json:"url"`
	Name   string `json:"name"`
	Type   string `json:"type"` // as HTTP calls it
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

func (h *Handlers) dossierDocument(c *gin.Context, d forum.Dossier) dossierDocument {
	document := dossierDocument{Version: d.Version, Items: make([]itemDocument, len(d.Items)), SHA256: d.SHA256, Document: d.Document, SavedAt: d.SavedAt, Invited: invited(d.Invited)}
	for i, one := range d.Items {
		document.Items[i].DossierItem = one
		if f := one.File; f.ID != "" {
			document.Items[i].File = &fileDocument{h.address(c) + fileAddress(d.Forum, f), f.Name, f.Type.Media(), f.Size, f.SHA256}
		}
	}
	return document
}

// fileAddress is where a published file is: in no language, because a file has its own.
func fileAddress(id forum.ID, f forum.DossierFile) string {
	return "/forums/" + string(id) + "/files/" + string(f.ID)
}

// File is an attachment of the version that citizens read. One of a draft, of an older version or of another forum isn't there.
func (h *Handlers) File(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	file, err := forum.ParseID(c.Param("file"))
	if err != nil {
		return err
	}
	f, err := h.Store.PublicFile(c.Request.Context(), id, file)
	if err != nil {
		return err
	}
	return page.SendFile(c, f, func(ctx context.Context, from, n int) ([]byte, error) { return h.Store.FileSlice(ctx, f.ID, from, n) })
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
	Deep bool   // its heading stands below a side's
	URL  string // of its file
}

// tabs are the kinds that there are, in the order in which pages show them; the first one is open.
func tabs(d forum.Dossier) []tab {
	var all []tab
	for _, kind := range forum.ItemKinds {
		one := tab{Kind: kind, Open: len(all) == 0}
		for _, i := range d.Items {
			if i.Kind == kind {
				one.Items = append(one.Items, item{i, hostOf(i.Link), kind == forum.ExpertOpinion, fileAddress(d.Forum, i.File)})
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
