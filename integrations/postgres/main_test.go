package postgres_test

import (
	"testing"

	"acropolis/integrations/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
