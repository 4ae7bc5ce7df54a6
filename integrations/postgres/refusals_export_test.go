package postgres

// Translate and Rules let a test hold each rule to its constraint.
var (
	Translate = translate
	Rules     = rules
)
