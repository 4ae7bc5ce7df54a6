package excel

import (
	"strconv"
	"strings"

	"acropolis/forum/analysis"
)

// How numbers look in cells: thousands with commas, a minus as △, as Korean reports write it.
const (
	wholeFormat   = `#,##0;"△"#,##0;0`
	decimalFormat = `#,##0.0;"△"#,##0.0;0.0`
	percentFormat = `0.0%`
)

// commas writes 7509 as 7,509, and -12 as △12.
func commas(n int) string { return grouped(strconv.Itoa(n)) }

func grouped(number string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(number, "-"); negative {
		sign, number = "△", rest
	}
	whole, decimals, pointed := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if pointed {
		whole += "." + decimals
	}
	return sign + whole
}

// average is a rate as a report shows it.
func average(r analysis.Rate) string { return grouped(r.Decimal(r.Places())) }

// averageCell is the same as a cell's number and its format.
func averageCell(r analysis.Rate) (float64, string) {
	if r.Places() == 0 {
		return r.Shown(), wholeFormat
	}
	return r.Shown(), decimalFormat
}

// percent is a share in percent with one decimal: 78.4.
func percent(part, whole int) string {
	return analysis.Rate{Numerator: 100 * part, Denominator: whole}.Decimal(1)
}
