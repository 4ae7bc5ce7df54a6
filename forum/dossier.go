package forum

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"time"
)

// DossierStatus is where the material on a topic stands.
type DossierStatus string

// The statuses of a dossier.
const (
	DossierDraft     DossierStatus = "draft"
	DossierComplete  DossierStatus = "complete"
	DossierSubmitted DossierStatus = "submitted"
	DossierReturned  DossierStatus = "returned"
	DossierApproved  DossierStatus = "approved"
	DossierAmended   DossierStatus = "amended"
)

// DossierSteps is the life of a dossier. Taking a needed item away makes a complete one a draft again; a submitted one whose
// text is edited goes back to draft, its approval being void.
var DossierSteps = Steps[DossierStatus]{
	DossierDraft:     {DossierComplete},
	DossierComplete:  {DossierDraft, DossierSubmitted},
	DossierSubmitted: {DossierApproved, DossierReturned, DossierDraft},
	DossierReturned:  {DossierDraft},
	DossierApproved:  {DossierAmended},
	DossierAmended:   {DossierSubmitted},
}

// ItemKind is what a dossier item is.
type ItemKind string

// The kinds of dossier items.
const (
	Background    ItemKind = "background"
	Plan          ItemKind = "plan"
	ExpertOpinion ItemKind = "expert"
	Example       ItemKind = "example"
	Video         ItemKind = "video"
	Map           ItemKind = "map"
	Attachment    ItemKind = "attachment"
)

// ItemKinds in the order in which pages show them.
var ItemKinds = []ItemKind{Background, Plan, ExpertOpinion, Example, Video, Map, Attachment}

// Stance is an expert's side.
type Stance string

// The stances.
const (
	StanceFor     Stance = "for"
	StanceAgainst Stance = "against"
	StanceNeutral Stance = "neutral"
)

// DossierItem is one piece of what is posted with a topic. Body is Markdown.
type DossierItem struct {
	Kind        ItemKind `json:"kind"`
	Title       string   `json:"title"`
	Body        string   `json:"body"`
	Link        string   `json:"link,omitempty"` // video, map
	Name        string   `json:"name,omitempty"` // expert
	Affiliation string   `json:"affiliation,omitempty"`
	Stance      Stance   `json:"stance,omitempty"`

	File DossierFile `json:"file,omitzero"` // attachment
	Alt  string      `json:"alt,omitempty"` // attachment that is a picture: what is to be seen
}

// Limits of a dossier, in characters and items.
const (
	ItemTitleMax = 200
	ItemBodyMax  = 20000
	ItemsMax     = 40
)

// Validate tells what the drafter can mend.
func (i DossierItem) Validate() error {
	if err := lengthOf("title", i.Title, 1, ItemTitleMax); err != nil {
		return err
	}
	if err := lengthOf("body", i.Body, 0, ItemBodyMax); err != nil {
		return err
	}
	switch i.Kind {
	case Background, Plan, Example:
		return lengthOf("body", i.Body, 1, ItemBodyMax)
	case ExpertOpinion:
		if err := lengthOf("name", i.Name, 1, PseudonymMax); err != nil {
			return err
		}
		if i.Stance != StanceFor && i.Stance != StanceAgainst && i.Stance != StanceNeutral {
			return Refuse(Invalid, "dossier.stance_missing").At("stance")
		}
		return lengthOf("body", i.Body, 1, ItemBodyMax)
	case Video, Map:
		if link, err := url.Parse(i.Link); err != nil || link.Scheme != "https" || link.Host == "" {
			return Refuse(Invalid, "dossier.link_malformed").At("link")
		}
		return nil
	case Attachment:
		if i.File.ID == "" {
			return Refuse(Invalid, "dossier.file_missing").At("file")
		}
		if i.File.Type.IsPicture() {
			return lengthOf("alt", i.Alt, 1, AltMax)
		}
		return lengthOf("alt", i.Alt, 0, AltMax)
	}
	return Refuse(Invalid, "dossier.no_such_kind").At("kind")
}

// Dossier is one version of a forum's material.
type Dossier struct {
	Forum    ID
	Status   DossierStatus
	Version  int           // of these items; 0: nothing saved yet
	Approved int           // the approved version, which is the one citizens read; 0: none
	Items    []DossierItem // of Version
	SHA256   string
	SavedAt  time.Time
	SavedBy  string // an official's name, for staff
	Document string // the approval's document number
	Missing  []ItemKind
	Invited  []ExpertsOpinion // published beside it, for citizens
}

// Missing lists what the completeness gate still asks for: background, a plan, an expert's opinion.
func Missing(items []DossierItem) []ItemKind {
	have := map[ItemKind]bool{}
	for _, item := range items {
		have[item.Kind] = true
	}
	var missing []ItemKind
	for _, kind := range []ItemKind{Background, Plan, ExpertOpinion} {
		if !have[kind] {
			missing = append(missing, kind)
		}
	}
	return missing
}

// Fingerprint is the hex SHA-256 of the exact content that an approval is bound to: the JSON of content.
func Fingerprint(content any) (string, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}
