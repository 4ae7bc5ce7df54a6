package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"acropolis/forum"
)

const (
	// refused is the type of an application error that carries a refusal.
	refused = "refused"
	// Fault is the type of an application error that carries nothing: its text stayed in the worker's log.
	Fault = "fault"
)

// Carry makes of a refusal what crosses Temporal unchanged, in either direction: code, key and fields as details, benign,
// and not tried again by Temporal. A nil refusal is no error.
func Carry(refusal *forum.Error) error {
	if refusal == nil {
		return nil
	}
	return temporal.NewApplicationErrorWithOptions(refusal.Error(), refused, temporal.ApplicationErrorOptions{
		NonRetryable: true, // what is only unavailable is tried again by the procedure itself, which can wait longer
		Category:     temporal.ApplicationErrorCategoryBenign,
		Details:      []any{*refusal},
	})
}

// Carried finds the refusal that an error brought over Temporal, or nil.
func Carried(err error) *forum.Error {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || application.Type() != refused || !application.HasDetails() {
		return nil
	}
	var refusal forum.Error
	if application.Details(&refusal) != nil {
		return nil
	}
	return &refusal
}
