package fuzz

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"annulus/fuzz/mutants"

	"github.com/stretchr/testify/require"
)

// slips are mistakes about references, planted to see whether the seeds of
// FuzzRefs notice them. They are no part of the catalogue: what they accept
// wrongly no correct caller hands in.
var slips = []mutants.Mutant{
	{
		Name: "metadata-among-the-bytes",
		Slip: "Bytes looks for the word in the block itself, too",
		Edits: []mutants.Edit{{
			File: "buffer/access.go",
			Old:  "\tif err != nil {\n\t\treturn nil, err\n\t}\n",
			New: "\tif err != nil {\n\t\tvar a allocation\n\t\tif slot, a = b.decode(ref); b.closed || slot >= b.granules {\n\t\t\treturn nil, err\n\t\t}\n" +
				"\t\tl := b.free.get(slot)\n\t\tw = word((uint64(l.prev) | uint64(l.next)<<32) ^ linkMask)\n" +
				"\t\tif w.allocation() != a || !w.state().current() {\n\t\t\treturn nil, err\n\t\t}\n\t}\n",
		}},
	},
	{
		Name: "refused-claim-leaves-a-mark",
		Slip: "exclusive access is taken, and given back if it is another allocation",
		Edits: []mutants.Edit{{
			File: "buffer/handle.go",
			Old:  "\t\tif w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {\n",
			New: "\t\tif w.allocation() != a && w.state() == Ready {\n\t\t\tmeta.CompareAndSwap(uint64(w), uint64(w.claimed().to(Ready)))\n\t\t}\n" +
				"\t\tif w.allocation() == a && w.state() == Ready && meta.CompareAndSwap(uint64(w), uint64(w.claimed())) {\n",
		}},
	},
	{
		Name: "slot-not-checked",
		Slip: "a slot is taken for one of the ring",
		Edits: []mutants.Edit{{
			File: "buffer/access.go",
			Old:  "\tfor uint64(slot) < uint64(len(b.words)) {\n",
			New:  "\tfor {\n",
		}},
	},
	{
		Name: "slot-wraps",
		Slip: "a slot behind the end of the ring is one at the beginning",
		Edits: []mutants.Edit{{
			File: "buffer/access.go",
			Old:  "\tslot, a := b.decode(ref)\n",
			New:  "\tslot, a := b.decode(ref)\n\tslot %= b.granules\n",
		}},
	},
	{
		Name: "lap-in-few-bits",
		Slip: "a lap is compared in its low bits",
		Edits: []mutants.Edit{{
			File: "buffer/access.go",
			Old:  "if w.allocation() == a && w.state().current()",
			New:  "if w.allocation()<<16 == a<<16 && w.state().current()",
		}},
	},
	{
		Name: "dead-blocks-have-bytes",
		Slip: "a reference stays valid until the block's memory is used again",
		Edits: []mutants.Edit{{
			File: "buffer/access.go",
			Old:  "if w.allocation() == a && w.state().current()",
			New:  "if w.allocation() == a",
		}},
	},
	{
		Name: "links-not-written",
		Slip: "Free trusts the links that it finds in the block",
		Edits: []mutants.Edit{{
			File: "buffer/handle.go",
			Old:  "\tb.free.set(slot, links{prev: nilSlot, next: first})\n",
			New:  "\tif _, ok := b.free.neighbour(b.free.get(slot).next); !ok {\n\t\tb.free.set(slot, links{prev: nilSlot, next: first})\n\t}\n",
		}},
	},
}

// The seeds of FuzzRefs notice planted mistakes about references.
func TestSeedsNoticePlantedMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tests for every mistake")
	}
	for _, m := range mutants.All() {
		if m.Name == "tombstone-ignores-generation" || m.Name == "h5-reference-is-a-place" {
			slips = append(slips, m)
		}
	}
	require.Len(t, slips, 9)
	const root = ".."
	dir, err := os.MkdirTemp(root, ".planted-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	for _, m := range slips {
		overlay, err := m.WriteOverlay(root, filepath.Join(filepath.Base(dir), m.Name))
		require.NoError(t, err)
		cmd := exec.Command("go", "test", "-overlay", overlay, "-timeout", "20s", "-run", "^FuzzRefs$", "./fuzz")
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.Error(t, err, "%s: not noticed", m.Name)
		require.Contains(t, string(out), "violated: ", "%s:\n%s", m.Name, out)
		t.Log(m.Name + ": " + firstViolation(string(out)))
	}
}

// firstViolation returns what the first failure is about.
func firstViolation(out string) string {
	_, rest, _ := strings.Cut(out, "violated: ")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
