package mutate

import (
	"path/filepath"

	"annulus/fuzz/internal/workbench"
)

// Fate is what became of a slip.
type Fate struct {
	Key     string  `json:"key"`
	Slip    string  `json:"slip"`
	Noticed string  `json:"noticed,omitempty"` // by which checker; "" if by none
	How     string  `json:"how,omitempty"`     // fails, or does not end, or does not compile
	Seconds float64 `json:"seconds"`
}

// notCompiling is the checker of slips that the compiler refuses: they say nothing
// about tests.
const notCompiling = "compiler"

// reliance is what of the file is to be relied on.
type reliance int

const (
	nothing    reliance = iota
	killed              // and not what survived: there may be more tests now
	everything          // nothing but arguments has changed
)

// fates is the file of fates, by the keys of slips.
type fates = workbench.Kept[string, Fate]

// openFates opens the file, and reads what is to be relied on.
func openFates(on reliance) (*fates, error) {
	valid := func(f Fate) bool { return f.Noticed != "" || on == everything }
	if on == nothing {
		valid = nil
	}
	return workbench.OpenKept(filepath.Join(directory, "fates.jsonl"), func(f Fate) string { return f.Key }, valid)
}
