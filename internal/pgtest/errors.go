package pgtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// UnavailableError is the error of a source that is not there on this machine or has no server of the
// wanted kind. Any other error of a source means that something is broken.
type UnavailableError struct {
	// Reason says what is missing.
	Reason string
	// Err is the cause, nil where Reason says everything.
	Err error
}

// Error gives the reason and the cause.
func (e *UnavailableError) Error() string {
	if e.Err == nil {
		return e.Reason
	}
	return e.Reason + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *UnavailableError) Unwrap() error { return e.Err }

// IsUnavailable tells whether err says that there is no server to be had, and not that one failed: it is
// an UnavailableError, or a NoServerError with nothing else in it.
func IsUnavailable(err error) bool {
	if all, ok := errors.AsType[*NoServerError](err); ok {
		return !slices.ContainsFunc(all.Attempts, func(a Attempt) bool { return !IsUnavailable(a.Err) })
	}
	_, ok := errors.AsType[*UnavailableError](err)
	return ok
}

// Attempt is one source that could not give a server.
type Attempt struct {
	// Source is the name of the source.
	Source string
	// Advice is what the user can do to make it work.
	Advice string
	// Err is why it could not, with the server's log where a server failed to start.
	Err error
}

// NoServerError is the error of Start when every source failed. Its text lists the attempts and says
// what to install.
type NoServerError struct {
	// Version is the major version that was asked for, 0 for any.
	Version int
	// Attempts are the sources that were tried, in order.
	Attempts []Attempt
}

// Error lists what was tried, why each attempt failed, and what to do about it.
func (e *NoServerError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "pgtest: no %s server could be had; tried:\n", productName(e.Version))
	for _, attempt := range e.Attempts {
		fmt.Fprintf(&text, "  - %s: %s\n", attempt.Source, indentContinuation(attempt.Err.Error()))
	}
	text.WriteString("do one of these:")
	for _, attempt := range e.Attempts {
		text.WriteString("\n  - " + attempt.Advice)
	}
	return text.String()
}

// Unwrap gives the errors of the attempts.
func (e *NoServerError) Unwrap() []error {
	errs := make([]error, len(e.Attempts))
	for i, attempt := range e.Attempts {
		errs[i] = attempt.Err
	}
	return errs
}

func productName(version int) string {
	if version == 0 {
		return "PostgreSQL"
	}
	return fmt.Sprintf("PostgreSQL %d", version)
}

func indentContinuation(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}
