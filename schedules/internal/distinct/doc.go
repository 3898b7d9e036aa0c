// Package distinct counts different hashes in bounded memory: exactly up to a limit, and
// beyond it by an estimate with a known standard error. Sets can be saved, and united with
// others.
package distinct
