package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// OriginSecret is the key under which networks and mail domains are hashed. It changes with VOTER_KEY: networks before and after
// are strangers to each other.
func (s *Store) OriginSecret() []byte {
	return signed(s.keys[s.keyID], []byte("where votes came from"))
}

// domainBytes is how much of a domain's hash is kept: enough to tell domains apart.
const domainBytes = 8

// domainOf is the keyed hash of an address's domain and whether that is a common provider's.
func (s *Store) domainOf(email string) (hash []byte, common bool) {
	_, domain, _ := strings.Cut(email, "@")
	return signed(s.OriginSecret(), []byte("domain "+domain))[:domainBytes], forum.IsCommonDomain(domain)
}

// addOrigins gives a statement the origins of its rows, as columns.
func addOrigins(args pgx.NamedArgs, n int, origin func(int) forum.Origin) {
	networks, wides, domains, commons, ages := make([][]byte, n), make([][]byte, n), make([][]byte, n), make([]bool, n), make([]*int32, n)
	for i := range n {
		o := origin(i)
		networks[i], wides[i], domains[i], commons[i] = o.Network, o.Wide, o.Domain, o.Common
		if o.Age > 0 {
			age := int32(min(o.Age.Seconds(), 1<<31-1))
			ages[i] = &age
		}
	}
	args["networks"], args["wides"], args["domains"], args["commons"], args["ages"] = networks, wides, domains, commons, ages
}
