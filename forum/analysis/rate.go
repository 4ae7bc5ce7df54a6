package analysis

import (
	"strconv"
	"strings"
)

// Rate is a count with what it is measured by, never shown apart: 7,509 hits over 37 days. Both are counts and not
// negative. A rate over nothing has no value: Measured tells, and the values below are then 0.
type Rate struct {
	Numerator   int `json:"numerator"`
	Denominator int `json:"denominator"`
}

// Measured tells whether there is anything to divide by.
func (r Rate) Measured() bool { return r.Denominator > 0 }

// Value is the quotient, unrounded.
func (r Rate) Value() float64 {
	if !r.Measured() {
		return 0
	}
	return float64(r.Numerator) / float64(r.Denominator)
}

// Rounded is the quotient as a whole number, half up, computed in integers: 7,509 over 37 are 203.
func (r Rate) Rounded() int { return r.scaled(1) }

// Decimal is the quotient with the given number of decimals, half up, with a point and without thousands separators:
// 7,509 over 37 are "202.9" with one.
func (r Rate) Decimal(places int) string {
	scale := 1
	for range places {
		scale *= 10
	}
	digits := strconv.Itoa(r.scaled(scale))
	if places <= 0 {
		return digits
	}
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - places
	return digits[:point] + "." + digits[point:]
}

// Places is how many decimals a rate is shown with, on pages and in reports alike: none from ten on, one below, where a
// whole number would say too little.
func (r Rate) Places() int {
	if r.Rounded() >= 10 {
		return 0
	}
	return 1
}

// Shown is the quotient as it is shown: rounded half up to Places. 7,509 over 37 are 203.
func (r Rate) Shown() float64 {
	if r.Places() == 0 {
		return float64(r.Rounded())
	}
	return float64(r.scaled(10)) / 10
}

// scaled is the quotient in units of 1/scale, half up.
func (r Rate) scaled(scale int) int {
	if !r.Measured() {
		return 0
	}
	whole, rest := r.Numerator/r.Denominator, r.Numerator%r.Denominator
	return whole*scale + (2*rest*scale+r.Denominator)/(2*r.Denominator)
}
