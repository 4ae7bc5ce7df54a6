package page

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"acropolis/forum"
)

// A pseudonym may not pass for the city's. Names are compared by their skeleton: what they look like, not how they are
// spelled.
var (
	// reservedNames are refused as a whole name.
	reservedNames = skeletonsOf("서울시", "서울특별시", "서울시청", "시청", "시장", "서울시장", "공무원", "담당자", "담당공무원", "공식", "알림", "공지",
		"admin", "administrator", "administration", "moderator", "mod", "operator", "official", "staff", "root", "system", "webmaster",
		"首尔市", "首尔特别市", "首尔市政府", "市政府", "市长", "公务员", "官方", "公告", "ソウル市", "ソウル特別市", "ソウル市役所", "市役所", "市長", "公務員", "担当者", "公式", "お知らせ",
		"seoul", "seoulcity", "seoulcityhall", "cityhall", "city", "mayor", "acropolis", "null", "undefined")
	// reservedParts are refused anywhere in a name: nobody is called so by chance.
	reservedParts = skeletonsOf("관리자", "운영자", "운영팀", "관리팀", "administrator", "管理员", "管理者", "运营者", "運営者")
	// reservedWords are refused as a word of a name, with or without digits behind: badminton is none.
	reservedWords = skeletonsOf("admin", "moderator", "operator", "official")
)

// CheckPseudonym refuses a name that passes for the city's (Invalid "pseudonym.reserved").
func CheckPseudonym(name string) error {
	whole := skeleton(name)
	reserved := reservedNames[whole]
	for part := range reservedParts {
		reserved = reserved || strings.Contains(whole, part)
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		reserved = reserved || reservedWords[skeleton(strings.TrimRightFunc(word, unicode.IsDigit))]
	}
	if reserved {
		return forum.Refuse(forum.Invalid, "pseudonym.reserved").At("pseudonym")
	}
	return nil
}

// skeleton is what a name looks like: compatibility forms unfolded, letters of other scripts read as the Latin ones that
// they resemble, small, without marks, spaces and signs.
func skeleton(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		r = unicode.ToLower(r)
		if like, ok := lookalikes[r]; ok {
			r = like
		}
		if (unicode.IsLetter(r) || unicode.IsDigit(r)) && !forum.IsInvisible(r) {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// lookalikes are the small letters and digits that pass for a Latin letter.
var lookalikes = map[rune]rune{
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l', 'м': 'm', 'п': 'n', 'о': 'o',
	'р': 'p', 'ѕ': 's', 'т': 't', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'у': 'y', 'г': 'r', 'ո': 'n', 'օ': 'o', 'ս': 'u',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y',
	'ı': 'i', 'ł': 'l', 'ø': 'o', 'ð': 'd', 'đ': 'd', 'ɑ': 'a', 'ɡ': 'g', 'ɩ': 'i', 'ꭰ': 'd', 'ꮃ': 'w', '0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't',
}

// skeletonsOf also reads l as i, since a 1 or an l often stands for an i.
func skeletonsOf(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[skeleton(name)] = true
		all[strings.ReplaceAll(skeleton(name), "i", "l")] = true
	}
	return all
}

// OneLine is a text for a line of its own: line breaks and tabs become spaces.
func OneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}
