package run

import (
	"context"

	"acropolis/forum"
	"acropolis/integrations/ldap"
	"acropolis/integrations/postgres"
)

// Refresh reads everybody and every department from the directory into the cached rows.
func Refresh(ctx context.Context, directory *ldap.Client, store *postgres.Store) error {
	entries, units, err := directory.All(ctx)
	if err != nil {
		return err
	}
	people := make([]forum.DirectoryPerson, len(entries))
	for i, e := range entries {
		people[i] = e.Person()
	}
	departments := make([]forum.Department, len(units))
	for i, u := range units {
		departments[i] = u.Department()
	}
	return store.RefreshDirectory(ctx, people, departments)
}
