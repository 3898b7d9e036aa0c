// Package distinct counts how many different hashes there are, in bounded memory: exactly
// up to a limit, and beyond it by an estimate whose error is known. Sets that were counted
// apart can be united, and saved.
package distinct
