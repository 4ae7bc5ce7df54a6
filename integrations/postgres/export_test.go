package postgres

// The tests of migrating bring files of their own.
var (
	MigrateFiles   = migrate
	CheckFiles     = checkMigrated
	ReadMigrations = readMigrations
)
