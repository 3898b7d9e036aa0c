package mutate

import (
	"path/filepath"

	"annulus/fuzz/internal/workbench"
)

// Outcome is the result of trying a mutant.
type Outcome struct {
	Key     string  `json:"key"`
	Slip    string  `json:"slip"`
	Noticed string  `json:"noticed,omitempty"` // by which checker; "" if by none
	How     string  `json:"how,omitempty"`     // fails, or does not end, or does not compile
	Seconds float64 `json:"seconds"`
}

// notCompiling is the checker of mutants that the compiler refuses: they say nothing
// about tests.
const notCompiling = "compiler"

// reliance says which outcomes of earlier runs count.
type reliance int

const (
	nothing    reliance = iota
	killed              // not those of survivors, which tests added since may kill
	everything          // the right choice if nothing but arguments has changed
)

// outcomes is the file of outcomes, by the keys of mutants.
type outcomes = workbench.Kept[string, Outcome]

// openOutcomes opens the file, and reads the outcomes that count.
func openOutcomes(on reliance) (*outcomes, error) {
	valid := func(f Outcome) bool { return f.Noticed != "" || on == everything }
	if on == nothing {
		valid = nil
	}
	return workbench.OpenKept(filepath.Join(directory, "fates.jsonl"), func(f Outcome) string { return f.Key }, valid)
}
