package forum

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// LeafVersion 1 is frozen: what it commits to and how is never changed, only joined by a version 2.
const LeafVersion = 1

// LeafKind is what a ledger leaf proves.
type LeafKind string

// The kinds of leaves.
const (
	LeafOpinion         LeafKind = "opinion"
	LeafVote            LeafKind = "vote"
	LeafSuggestion      LeafKind = "suggestion"
	LeafSupport         LeafKind = "support"
	LeafImportedOpinion LeafKind = "import.opinion"
	LeafImportedVotes   LeafKind = "import.votes"
	LeafImportedTopic   LeafKind = "import.suggestion"
	LeafExclusion       LeafKind = "exclusion"
)

// Commit is the version 1 commitment: HMAC-SHA256 under the row's salt over the version byte and the fields, each preceded
// by its length in bytes as four big-endian bytes, the kind first. Whoever has salt and text can prove the leaf; erasing
// the salt makes it say nothing.
func Commit(salt []byte, kind LeafKind, fields ...string) []byte {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte{LeafVersion})
	for _, field := range append([]string{string(kind)}, fields...) {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(field)))
		mac.Write(size[:])
		mac.Write([]byte(field))
	}
	return mac.Sum(nil)
}

// CommitOpinion commits to what a citizen wrote: forum, id, language, title, text, pseudonym, district, in this order.
func CommitOpinion(salt []byte, kind LeafKind, id ID, o NewOpinion) []byte {
	return Commit(salt, kind, string(o.Forum), string(id), o.Lang, o.Title, o.Text, o.Pseudonym, o.District)
}

// CommitSuggestion commits to a suggestion: id, track, kind, language, title, text, pseudonym, in this order.
func CommitSuggestion(salt []byte, id ID, s NewSuggestion) []byte {
	return Commit(salt, LeafSuggestion, string(id), string(s.Track), string(s.Kind), s.Lang, s.Title, s.Text, s.Pseudonym)
}

// CommitVote commits to one change of one voter's choice: opinion, voter key, choice.
func CommitVote(salt []byte, v NewVote) []byte {
	return Commit(salt, LeafVote, string(v.Opinion), string(v.Voter), string(v.Choice))
}

// CommitSupport commits to one support: suggestion, voter key, whether it stands.
func CommitSupport(salt []byte, suggestion ID, voter []byte, stands bool) []byte {
	word := "withdrawn"
	if stands {
		word = "stands"
	}
	return Commit(salt, LeafSupport, string(suggestion), string(voter), word)
}

// CommitImportedVotes commits to the counts that an import gave for one opinion: id, for, against, in this order.
func CommitImportedVotes(salt []byte, opinion ID, votesFor, votesAgainst int) []byte {
	return Commit(salt, LeafImportedVotes, string(opinion), itoa(votesFor), itoa(votesAgainst))
}

// CommitImportedTopic commits to an imported suggestion: id, track, kind, language, title, text, pseudonym, supports.
func CommitImportedTopic(salt []byte, id ID, s PastSuggestion) []byte {
	return Commit(salt, LeafImportedTopic, string(id), string(s.Track), string(s.Kind), s.Lang, s.Title, s.Text, s.Pseudonym, itoa(s.Supports))
}

// CommitExclusion commits to one step of an exclusion: forum, exclusion, the status that it took, how many votes it is of and their
// digest (SHA-256 in hex over opinion and voter of each, in order).
func CommitExclusion(salt []byte, forumID, exclusion ID, status ExclusionStatus, votes int, digest string) []byte {
	return Commit(salt, LeafExclusion, string(forumID), string(exclusion), string(status), itoa(votes), digest)
}
