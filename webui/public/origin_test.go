package public

import "testing"

func TestNeighboursShareANetworkAndMappedAddressesAreTheirs(t *testing.T) {
	for address, want := range map[string][2]string{
		"203.0.113.7":                    {"203.0.113.0/24", "203.0.0.0/16"},
		"::ffff:203.0.113.9":             {"203.0.113.0/24", "203.0.0.0/16"},
		"2001:db8:1:2:aaaa:bbbb:cccc:1":  {"2001:db8:1:2::/64", "2001:db8:1::/48"},
		"fe80::1%eth0":                   {"fe80::/64", "fe80::/48"},
		"a proxy's nonsense, or nothing": {},
	} {
		if near, wide := networksOf(address); near != want[0] || wide != want[1] {
			t.Errorf("%s: %s in %s", address, near, wide)
		}
	}
}
