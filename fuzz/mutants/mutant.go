package mutants

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"annulus/fuzz/internal/workbench"
)

// Mutant is one slip in the source of the buffer.
type Mutant struct {
	Name string // words joined by hyphens; unique
	Area Area
	Slip string // what was done wrong, in a clause
	// Shows is how a checker comes to see it, in a clause.
	Shows string
	// Tasks and Preemptions are the fewest that let the slip show, as far as
	// is known. Zero preemptions do not mean that one task is enough.
	Tasks, Preemptions int
	// Endless: it shows only while evictions wait without a bound, as they do not in
	// FuzzSchedule.
	Endless bool
	// Witness is the judge that has to notice it in place of the explorer, for which
	// there is no schedule, or "".
	Witness Judge
	// Hazard is the number of the hazard of the original that this is, as in
	// docs/hazards.md, or "".
	Hazard string
	// Lesson is what to look for in other code, in whole sentences.
	Lesson string
	Edits  []Edit
}

// Area is the part of the buffer that a slip is in.
type Area string

// The areas.
const (
	Alloc     Area = "alloc"
	Free      Area = "free"
	Tombstone Area = "tombstone"
	Evict     Area = "evict"
	Head      Area = "head"
	Set       Area = "set"   // free sets
	Batch     Area = "batch" // of AllocOrEvict
	Workers   Area = "worker"
	Drain     Area = "drain"
	Guard     Area = "guard"
	Access    Area = "access" // CopyOnAccess, Metrics
	Close     Area = "close"
)

// Edit replaces a piece of a file.
type Edit struct {
	File string // path from the root of the module, with slashes
	Old  string // must occur exactly once
	New  string
}

// All returns the catalogue, in the order of the life of a block, and after that
// the hazards of the original, and what no schedule shows.
func All() []Mutant {
	var all []Mutant
	for _, part := range [][]Mutant{allocating, freeing, tombstoning, evicting, finishing, sets, batches, workers, hazards, late, large, answers} {
		all = append(all, part...)
	}
	return all
}

// Traced returns the mutants that a schedule shows, so that there are traces of them.
func Traced() []Mutant {
	return slices.DeleteFunc(All(), func(m Mutant) bool { return m.Witness != "" })
}

// Apply returns the content of every file that the mutant changes, by its path
// from the root of the module, which is the directory root. It fails unless
// each edit finds its text exactly once.
func (m Mutant) Apply(root string) (map[string]string, error) {
	changed := map[string]string{}
	for i, e := range m.Edits {
		text, ok := changed[e.File]
		if !ok {
			content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.File)))
			if err != nil {
				return nil, fmt.Errorf("mutants: %s: %w", m.Name, err)
			}
			text = string(content)
		}
		if n := strings.Count(text, e.Old); n != 1 {
			return nil, fmt.Errorf("mutants: %s: edit %d of %s must match exactly once and matches %d times:\n%s", m.Name, i+1, e.File, n, e.Old)
		}
		changed[e.File] = strings.Replace(text, e.Old, e.New, 1)
	}
	return changed, nil
}

// WriteOverlay writes the changed files and an overlay that puts them in the
// place of the originals into dir, and returns the path of the overlay. Both dir
// and the path are relative to root, the root of the module, and so are the
// paths in the overlay: the go command must be run there.
func (m Mutant) WriteOverlay(root, dir string) (overlay string, err error) {
	changed, err := m.Apply(root)
	if err != nil {
		return "", err
	}
	return workbench.WriteOverlay(root, dir, changed)
}
