package schedules

import "strings"

// Verdict is what an exploration has come to, in words: one of those below, or one with
// what limits it, as in "EXHAUSTED at bound 2" or "EXHAUSTED in shard 1/4". See
// [Report.Verdict].
type Verdict string

// The verdicts without a limit.
const (
	VerdictFail          Verdict = "FAIL"
	VerdictExhausted     Verdict = "EXHAUSTED"
	VerdictNothingShared Verdict = "NOTHING SHARED"
	VerdictIncomplete    Verdict = "INCOMPLETE"
)

// Is reports whether the verdict is the one of the constants, with a limit or without.
func (v Verdict) Is(kind Verdict) bool {
	return v == kind || strings.HasPrefix(string(v), string(kind)+" ")
}
