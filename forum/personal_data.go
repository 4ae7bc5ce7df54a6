package forum

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// DataKind is a kind of personal data that nobody should publish about themselves or others.
type DataKind string

// The kinds that FindPersonalData knows.
const (
	ResidentNumber  DataKind = "resident_number"
	ForeignerNumber DataKind = "foreigner_number"
	PhoneNumber     DataKind = "phone"
	CardNumber      DataKind = "card"
	EmailAddress    DataKind = "email"
	PassportNumber  DataKind = "passport"
	LicenceNumber   DataKind = "licence"
)

// FindPersonalData tells which kinds of personal data stand in a text, each once, in a fixed order. It reads digits as people write
// them: with hyphens, dots or blanks between, in full width. What it finds holds an opinion for a moderator's look, so that a false
// find costs two days and a missed one may cost somebody their name: a number must be well-formed, and pass its check digit where it
// has one. Numbers that everybody may know aren't found: the city's own, short ones such as 120 and 02-120, toll-free ones, and
// addresses of public offices.
func FindPersonalData(text string) []DataKind {
	text = plainDigits(text)
	var found []DataKind
	add := func(kind DataKind, is bool) {
		if is && !slices.Contains(found, kind) {
			found = append(found, kind)
		}
	}
	for _, chain := range digitChains(withoutLinks(text)) {
		for i := 0; i < len(chain); {
			kind, groups := numberAt(chain[i:])
			add(kind, groups > 0)
			i += max(groups, 1)
		}
	}
	add(EmailAddress, hasEmail(text))
	add(PassportNumber, hasPassport(text))
	slices.SortFunc(found, func(a, b DataKind) int { return slices.Index(dataKinds, a) - slices.Index(dataKinds, b) })
	return found
}

var dataKinds = []DataKind{ResidentNumber, ForeignerNumber, PassportNumber, LicenceNumber, CardNumber, PhoneNumber, EmailAddress}

// keycap makes a key of the digit before it.
const keycap = '\u20E3'

// digitOf is what a digit of any script stands for: each script's ten follow one another from zero.
func digitOf(r rune) rune {
	for _, some := range unicode.Nd.R16 {
		if rune(some.Lo) <= r && r <= rune(some.Hi) {
			return (r - rune(some.Lo)) % 10
		}
	}
	for _, some := range unicode.Nd.R32 {
		if rune(some.Lo) <= r && r <= rune(some.Hi) { //nolint:gosec // a character
			return (r - rune(some.Lo)) % 10 //nolint:gosec // as above
		}
	}
	return 0
}

// plainDigits writes full-width forms, other scripts' digits and the many hyphens and blanks as ASCII has them, and leaves out what
// nobody sees.
func plainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80 || '가' <= r && r <= '힣': // nearly all
			return r
		case '！' <= r && r <= '～':
			return r - ('！' - '!')
		case unicode.Is(unicode.Nd, r):
			return '0' + digitOf(r)
		case unicode.Is(unicode.Pd, r) || r == '−' || r == 'ㅡ' || r == 'ー':
			return '-'
		case r == '·' || r == '․':
			return '.'
		case unicode.Is(unicode.Zs, r):
			return ' '
		case IsInvisible(r) || r == keycap:
			return -1
		}
		return r
	}, text)
}

// withoutLinks leaves out addresses of pages: the long numbers in them are no person's.
func withoutLinks(text string) string {
	for _, begins := range []string{"http://", "https://", "www."} {
		for at := strings.Index(text, begins); at >= 0; at = strings.Index(text, begins) {
			end := strings.IndexFunc(text[at:], func(r rune) bool { return unicode.IsSpace(r) || r > unicode.MaxASCII })
			if end < 0 {
				end = len(text) - at
			}
			text = text[:at] + "\n" + text[at+end:]
		}
	}
	return text
}

// digitChains are the digit groups of a text, those together that at most a hyphen, a dot, a bracket and blanks keep apart.
func digitChains(text string) (chains [][]string) {
	var chain []string
	after := 0 // where the last group ended
	flush := func() {
		if chain != nil {
			chains, chain = append(chains, chain), nil
		}
	}
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && '0' <= text[j] && text[j] <= '9' {
			j++
		}
		if j == i {
			i++
			continue
		}
		if !joins(text[after:i]) {
			flush()
		}
		chain, after, i = append(chain, text[i:j]), j, j
	}
	flush()
	return chains
}

// joins says whether what stands between two groups leaves them one number.
func joins(between string) bool {
	return len(between) > 0 && len(between) <= 3 && strings.Trim(between, " -.)(") == "" && strings.Count(between, "-") <= 1
}

// numberAt is the number with which the groups begin, and how many of them it takes; none: 0.
func numberAt(groups []string) (DataKind, int) {
	for _, one := range []struct {
		kind DataKind
		at   func([]string) int
	}{
		{ResidentNumber, func(g []string) int { return registrationAt(g, residentCentury, 11) }},
		{ForeignerNumber, func(g []string) int { return registrationAt(g, foreignerCentury, 13) }},
		{LicenceNumber, licenceAt}, {PhoneNumber, phoneAt}, {CardNumber, cardAt},
	} {
		if n := one.at(groups); n > 0 {
			return one.kind, n
		}
	}
	return "", 0
}

// shaped says whether the first groups have these lengths.
func shaped(groups []string, lengths ...int) bool {
	if len(groups) < len(lengths) {
		return false
	}
	for i, n := range lengths {
		if len(groups[i]) != n {
			return false
		}
	}
	return true
}

// residentCentury and foreignerCentury are the centuries of birth by a registration number's seventh digit.
var (
	residentCentury  = map[byte]int{'9': 1800, '0': 1800, '1': 1900, '2': 1900, '3': 2000, '4': 2000}
	foreignerCentury = map[byte]int{'5': 1900, '6': 1900, '7': 2000, '8': 2000}
)

// unchecked is from when registration numbers are drawn without a check digit (October 2020): whoever was born before has one. Nobody
// whose number could be written is born after lastBirth, but bar codes look as if.
var (
	unchecked = time.Date(2020, time.October, 1, 0, 0, 0, 0, time.UTC)
	lastBirth = time.Date(2060, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// registrationAt finds a registration number: a day of birth, a century that goes with it, and the check digit, which is from minus
// the weighted sum modulo 11.
func registrationAt(groups []string, centuries map[byte]int, from int) int {
	number, n := "", 0
	switch {
	case shaped(groups, 13):
		number, n = groups[0], 1
	case shaped(groups, 6, 7):
		number, n = groups[0]+groups[1], 2
	default:
		return 0
	}
	century, known := centuries[number[6]]
	if !known {
		return 0
	}
	born, err := time.Parse("060102", number[:6])
	if err != nil {
		return 0
	}
	born = time.Date(century+int(number[0]-'0')*10+int(number[1]-'0'), born.Month(), born.Day(), 0, 0, 0, 0, time.UTC)
	if born.Format("060102") != number[:6] || born.After(lastBirth) { // the 29th of February of another century
		return 0
	}
	if !born.Before(unchecked) {
		return n
	}
	sum := 0
	for i, weight := range []int{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5} {
		sum += int(number[i]-'0') * weight
	}
	if (from-sum%11)%10 != int(number[12]-'0') {
		return 0
	}
	return n
}

// licenceAt finds a driver's licence as it is printed: region, year, serial, check digits.
func licenceAt(groups []string) int {
	if shaped(groups, 2, 2, 6, 2) && groups[0] >= "11" && groups[0] <= "28" {
		return 4
	}
	return 0
}

// areas are what a subscriber's number begins with; those that a public office pays for, or whose calls nobody pays for, are none.
var areas = []string{"02", "031", "032", "033", "041", "042", "043", "044", "051", "052", "053", "054", "055", "061", "062", "063", "064",
	"070", "0502", "0503", "0504", "0505", "0506", "0507", "0508", "010", "011", "016", "017", "018", "019"}

// offices are the first digits of public offices' numbers: the city's and the government's.
var offices = []string{"022133", "022100", "0442"}

// phoneAt finds a subscriber's telephone number: an area's or a mobile prefix, an exchange of three or four digits, four digits; as
// groups or in one piece, at home or with the country's code.
func phoneAt(groups []string) int {
	abroad := 0
	if len(groups) > 1 && groups[0] == "82" {
		abroad, groups = 1, groups[1:]
		groups = append([]string{"0" + strings.TrimPrefix(groups[0], "0")}, groups[1:]...)
	} else if one := groups[0]; len(one) >= 11 && len(one) <= 12 && strings.HasPrefix(one, "82") {
		groups = []string{"0" + one[2:]}
	}
	number, n := groups[0], 1
	for n < len(groups) && n < 3 && len(number) < 9 {
		if len(groups[n]) < 3 {
			return 0
		}
		number += groups[n]
		n++
	}
	for _, area := range areas {
		rest, has := strings.CutPrefix(number, area)
		mobile := area[:2] == "01"
		switch {
		case !has || len(rest) < 7 || len(rest) > 8:
		case n > 1 && len(groups[0]) != len(area): // 2023-010-1234 is no telephone
		case n == 3 && len(groups[2]) != 4:
		case !mobile && (rest[0] == '0' || rest[0] == '1'): // no exchange begins so
		case area == "010" && len(rest) != 8:
		case slices.ContainsFunc(offices, func(office string) bool { return strings.HasPrefix(number, office) }):
			return 0
		default:
			return n + abroad
		}
	}
	return 0
}

// cardAt finds a payment card's number by its issuer's first digit, its groups and Luhn's check.
func cardAt(groups []string) int {
	n := 0
	switch first := groups[0]; {
	case len(first) >= 13 && len(first) <= 19:
		n = 1
	case shaped(groups, 4, 4, 4, 4, 3), shaped(groups, 4, 4, 4, 4, 2), shaped(groups, 4, 4, 4, 4, 1):
		n = 5
		if !luhn(strings.Join(groups[:5], "")) {
			n = 4
		}
	case shaped(groups, 4, 4, 4, 4), shaped(groups, 4, 4, 4, 1), shaped(groups, 4, 4, 4, 2), shaped(groups, 4, 4, 4, 3):
		n = 4
	case shaped(groups, 4, 6, 5), shaped(groups, 4, 6, 4):
		n = 3
	default:
		return 0
	}
	number := strings.Join(groups[:n], "")
	if !strings.ContainsRune("34569", rune(number[0])) || !luhn(number) {
		return 0
	}
	return n
}

// luhn is the check of ISO/IEC 7812.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}

// hasEmail says whether an address of mail stands in the text, but for those of public offices.
func hasEmail(text string) bool {
	for i, r := range text {
		if r != '@' {
			continue
		}
		name := strings.TrimRight(text[:i], " ")
		if len(text[:i])-len(name) > 1 || name == "" || !isMailRune(name[len(name)-1]) {
			continue
		}
		rest := strings.TrimLeft(text[i+1:], " ")
		end := 0
		for end < len(rest) && isMailRune(rest[end]) && rest[end] != '_' && rest[end] != '%' && rest[end] != '+' {
			end++
		}
		host := strings.ToLower(strings.Trim(rest[:end], ".-"))
		labels := strings.Split(host, ".")
		top := labels[len(labels)-1]
		if len(labels) < 2 || len(top) < 2 || slices.Contains(labels, "") || strings.ContainsAny(top, "0123456789-") ||
			strings.HasSuffix(host, ".go.kr") {
			continue
		}
		return true
	}
	return false
}

func isMailRune(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("._%+-", b) >= 0
}

// hasPassport finds a passport's number where passports are spoken of: a letter and eight digits are too little by themselves.
func hasPassport(text string) bool {
	if !strings.Contains(text, "여권") && !strings.Contains(strings.ToLower(text), "passport") {
		return false
	}
	words := strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.ContainsFunc(words, isPassport)
}

// isPassport: M12345678, and since 2021 M123A4567.
func isPassport(word string) bool {
	if len(word) != 9 || !strings.ContainsRune("MSRGDT", rune(word[0])) {
		return false
	}
	for i := 1; i < len(word); i++ {
		isDigit := '0' <= word[i] && word[i] <= '9'
		if !isDigit && i != 4 {
			return false
		}
	}
	return true
}
