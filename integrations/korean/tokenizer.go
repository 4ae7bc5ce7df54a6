// Package korean finds the words that carry the meaning of a Korean text (with English in it), by morphology.
//
// It uses kagome with the mecab-ko dictionary, both pure Go. The dictionary takes about a second to load and 210 MB to
// hold, so it is loaded once, when the first text comes, and belongs in the worker alone.
package korean

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	ko "github.com/ikawaha/kagome-dict-ko"
	"github.com/ikawaha/kagome/v2/tokenizer"
	"golang.org/x/text/unicode/norm"
)

// Tokenizer turns texts into terms. It is safe for concurrent use.
type Tokenizer struct {
	load func() (*tokenizer.Tokenizer, error)
}

var shared = sync.OnceValues(func() (*tokenizer.Tokenizer, error) {
	words, err := civicWords()
	if err != nil {
		return nil, err
	}
	return tokenizer.New(ko.Dict(), tokenizer.OmitBosEos(), tokenizer.UserDict(words))
})

// New gives a tokenizer at once; the dictionary is loaded by the first call of Terms in the process. An error means that
// the words in words.go are wrong, which a test would have told.
func New() (*Tokenizer, error) {
	if _, err := civicWords(); err != nil {
		return nil, err
	}
	return &Tokenizer{load: shared}, nil
}

// Terms gives the content words of a text in their order, repeated as often as they occur: nouns, foreign words in lower
// case, verbs and adjectives in their dictionary form (늘려 → 늘리다). Left out are particles and endings, numbers with
// their units, web and mail addresses, names of people (a term is shown in public, a name in it may be anybody's), and
// words that every civic text has. The same text gives the same terms, in whichever Unicode form it comes.
func (t *Tokenizer) Terms(text string) []string {
	analyser, err := t.load()
	if err != nil {
		panic(err) // New has checked all that can be wrong
	}
	text = addresses.ReplaceAllString(norm.NFC.String(text), " ")
	var terms []string
	for sentence := range strings.Lines(text) {
		terms = append(terms, termsOf(analyser.Tokenize(sentence))...)
	}
	return terms
}

var addresses = regexp.MustCompile(`(?i)\b(https?://|www\.)\S+|\S+@\S+\.\S+`)

// termsOf walks the tokens of a sentence. What belongs to a number or is one foreign word goes together first, because
// the dictionary cuts both into pieces.
func termsOf(tokens []tokenizer.Token) []string {
	var terms []string
	for i := 0; i < len(tokens); {
		end := i + 1
		switch tag(tokens[i]) {
		case "SN":
			end = number(tokens, i)
		case "SL":
			end = run(tokens, i, "SL")
			terms = appendForeign(terms, join(tokens[i:end]))
		case "XPN":
			if end < len(tokens) && isNoun(tokens[end]) { // 재+활용
				end++
			}
			terms = appendNoun(terms, join(tokens[i:end]))
		default:
			terms = appendTerm(terms, tokens[i])
		}
		i = end
	}
	return terms
}

// number gives the end of a number with its unit: 30km, 3차선, 2호선, 1,000명, 50%.
func number(tokens []tokenizer.Token, i int) int {
	for i < len(tokens) {
		switch tag(tokens[i]) {
		case "SN", "SL", "NNBC", "SY", "SC":
			i++
			continue
		}
		if isNoun(tokens[i]) && utf8.RuneCountInString(tokens[i].Surface) == 1 { // the 선 of 2호선
			i++
		}
		break
	}
	return i
}

// run gives the end of the tokens with that tag which stand without a gap.
func run(tokens []tokenizer.Token, i int, which string) int {
	for i < len(tokens) && tag(tokens[i]) == which {
		i++
	}
	return i
}

func join(tokens []tokenizer.Token) string {
	var text strings.Builder
	for _, t := range tokens {
		text.WriteString(t.Surface)
	}
	return text.String()
}

// tag is the token's part of speech; of one that melts several (늘려 = 늘리+어) that of the first.
func tag(t tokenizer.Token) string {
	pos, _, _ := strings.Cut(feature(t, 0), "+")
	return pos
}

func feature(t tokenizer.Token, n int) string {
	if f := t.Features(); n < len(f) {
		return f[n]
	}
	return ""
}

func isNoun(t tokenizer.Token) bool { p := feature(t, 0); return p == "NNG" || p == "NNP" }

func appendTerm(terms []string, t tokenizer.Token) []string {
	if t.Class == tokenizer.USER {
		for _, part := range t.UserExtra().Tokens {
			terms = appendNoun(terms, part)
		}
		return terms
	}
	switch tag(t) {
	case "NNG", "NNP":
		if isNoun(t) && feature(t, 1) != "인명" {
			terms = appendNoun(terms, t.Surface)
		}
	case "VV", "VA":
		terms = appendVerb(terms, stem(t))
	case "SH":
		terms = appendNoun(terms, t.Surface)
	}
	return terms
}

// appendNoun takes nouns of two syllables and more, and the few of one that aren't scraps of longer words.
func appendNoun(terms []string, noun string) []string {
	if stopNouns[noun] || utf8.RuneCountInString(noun) < 2 && !shortNouns[noun] {
		return terms
	}
	return append(terms, noun)
}

func appendVerb(terms []string, stem string) []string {
	if stem == "" || stopVerbs[stem] {
		return terms
	}
	return append(terms, stem+"다")
}

func appendForeign(terms []string, word string) []string {
	word = strings.ToLower(word)
	if utf8.RuneCountInString(word) < 2 || stopEnglish[word] || !unicode.IsLetter([]rune(word)[0]) {
		return terms
	}
	return append(terms, word)
}

// stem is the verb's stem; of an inflected form the dictionary tells it: 늘리/VV/*+어야/EC/*.
func stem(t tokenizer.Token) string {
	if !strings.Contains(feature(t, 0), "+") {
		return t.Surface
	}
	if strings.HasPrefix(t.Surface, "마십시") { // 말다, don't; the dictionary takes it for drinking
		return ""
	}
	stem, _, _ := strings.Cut(feature(t, 7), "/")
	return stem
}
