package fuzz

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"annulus/fuzz/mutants"
	"annulus/linearizability/scenario"

	"github.com/stretchr/testify/require"
)

// refSlips are mistakes about references, planted to see whether the seeds of
// FuzzRefs notice them. They are no part of the catalogue: what they accept
// wrongly no correct caller hands in.
var refSlips = []mutants.Mutant{
	{
		Name: "metadata-among-the-bytes",
		Slip: "Bytes looks for the word in the block itself, too",
		Edits: []mutants.Edit{
			{File: "buffer/access.go", Old: "package buffer\n", New: "package buffer\n\nimport \"encoding/binary\"\n"},
			{
				File: "buffer/access.go",
				Old:  "\tif err != nil {\n\t\treturn nil, err\n\t}\n",
				New: "\tif err != nil {\n\t\tvar a allocation\n\t\tif slot, a = b.decode(ref); b.closed || slot >= b.granules {\n\t\t\treturn nil, err\n\t\t}\n" +
					"\t\tw = word(binary.NativeEndian.Uint64(b.mem[int(slot)*Granule:]))\n" +
					"\t\tif w.allocation() != a || !w.state().current() {\n\t\t\treturn nil, err\n\t\t}\n\t}\n",
			},
		},
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
			Old:  "\tif uint64(slot) < uint64(len(b.words)) {\n",
			New:  "\t{\n",
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
		Name: "listed-by-its-bytes",
		Slip: "Free looks in the block itself whether it is in its set already",
		Edits: []mutants.Edit{
			{File: "buffer/handle.go", Old: "package buffer\n", New: "package buffer\n\nimport \"encoding/binary\"\n"},
			{
				File: "buffer/handle.go",
				Old:  "\tb.free[h.w.class()].add(slot)\n",
				New: "\tw := word(binary.NativeEndian.Uint64(b.mem[int(slot)*Granule:]))\n" +
					"\tif w.allocation() != h.w.allocation() || w.state() != FreeListed {\n\t\tb.free[h.w.class()].add(slot)\n\t}\n",
			},
		},
	},
}

// judgeSlips are mistakes in what judges histories.
var judgeSlips = []mutants.Mutant{
	{
		Name: "states-without-reservations",
		Slip: "two states with the same blocks are the same",
		Edits: []mutants.Edit{{
			File: "model/state.go",
			Old:  "\t\tslices.Equal(a.Free, b.Free) &&\n\t\tslices.Equal(a.Reservations, b.Reservations)\n",
			New:  "\t\tlen(a.Free) == len(b.Free) && len(a.Reservations) == len(b.Reservations)\n",
		}},
	},
	{
		Name: "intervals-open-at-the-end",
		Slip: "porcupine is told that operations return later",
		Edits: []mutants.Edit{{
			File: "linearizability/history/porcupine.go",
			Old:  "Return: int64(e.Return),",
			New:  "Return: int64(e.Return) + 1,",
		}},
	},
	{
		Name: "task-decides",
		Slip: "porcupine is told that main's operations happen first",
		Edits: []mutants.Edit{{
			File: "linearizability/history/porcupine.go",
			Old:  "Call: int64(e.Call), Return: int64(e.Return),",
			New:  "Call: int64(e.Call) + int64(e.Task), Return: int64(e.Return) + int64(e.Task),",
		}},
	},
	{
		Name: "order-does-not-wait",
		Slip: "the search for an explanation lets an operation come before one that was over before its call",
		Edits: []mutants.Edit{{
			File: "linearizability/history/orders.go",
			Old:  "o.entries[i].Call > o.entries[o.byReturn[reply]].Return {",
			New:  "o.entries[i].Call > o.entries[o.byReturn[reply]].Return+4 {",
		}},
	},
	{
		Name: "places-begin-late",
		Slip: "the first place of the misfit is behind what overlaps it",
		Edits: []mutants.Edit{{
			File: "linearizability/history/explain.go",
			Old:  "if e.Return < x.Call || part {",
			New:  "if e.Return < x.Return || part {",
		}},
	},
	{
		Name: "order-ends-early",
		Slip: "an order that joins one seen before lacks what follows there",
		Edits: []mutants.Edit{{
			File: "linearizability/history/orders.go",
			Old:  "\t\t\t\to.emit(v.rest)\n",
			New:  "\t\t\t\to.emit(nil)\n",
		}},
	},
	{
		Name: "ranks-touch",
		Slip: "what is read from a file overlaps with what follows it at once",
		Edits: []mutants.Edit{{
			File: "linearizability/history/file.go",
			Old:  "int32(call), int32(reply)",
			New:  "int32(call), int32(reply)+1",
		}},
	},
}

// verdictSlips are mistakes in what remembers verdicts, and what leaves open how a history
// is to be read.
var verdictSlips = []mutants.Mutant{
	{
		Name: "fingerprint-without-tags",
		Slip: "histories that differ in their bytes are taken for the same",
		Edits: []mutants.Edit{{
			File: "linearizability/verdicts.go",
			Old:  "uint64(o.Addr), uint64(o.N), o.Size, o.Tag,",
			New:  "uint64(o.Addr), uint64(o.N), o.Size,",
		}},
	},
	{
		Name: "ends-read-one-way",
		Slip: "an eviction that found nothing has found the ring empty",
		Edits: []mutants.Edit{{
			File: "linearizability/readings.go",
			Old:  "for ends := range 1 << len(h.ends) {",
			New:  "for ends := range 1 {",
		}},
	},
}

// endSlips break EvictN's promise to stop at the tail that it met, so that callbacks
// which allocate cannot keep it going.
var endSlips = []mutants.Mutant{
	{
		Name: "evict-n-follows-the-tail",
		Slip: "EvictN stops at the tail as it is before each eviction",
		Edits: []mutants.Edit{{
			File: "buffer/evict.go",
			Old:  "\t\tr, err := b.evictNext(&me, end, callback)\n",
			New:  "\t\tend = Addr(b.tailAddr.Load())\n\t\tr, err := b.evictNext(&me, end, callback)\n",
		}},
	},
	{
		Name: "evict-n-has-no-end",
		Slip: "EvictN stops when it has evicted n blocks",
		Edits: []mutants.Edit{{
			File: "buffer/evict.go",
			Old:  "\tend := Addr(b.tailAddr.Load())\n",
			New:  "\tend := ^Addr(0)\n",
		}},
	},
}

// The seeds of the fuzz targets, the state machine test and the programs of several
// tasks notice planted mistakes.
//
// Where inputs are drawn, the seed is fixed, so that luck plays no part. There are
// enough draws for another seed, or another generator, to do as well: within 1000 draws
// 75 of 100 seeds notice evict-n-follows-the-tail, 14 of 20 tombstone-load-then-store,
// and more the others, so that within 20000 fewer than one seed in a billion misses one.
func TestSeedsNoticePlantedMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the tests of three packages")
	}
	named := func(names ...string) (list []mutants.Mutant) {
		for _, m := range mutants.All() {
			if slices.Contains(names, m.Name) {
				list = append(list, m)
			}
		}
		require.Len(t, list, len(names))
		return list
	}
	refs := append(slices.Clip(refSlips), named("tombstone-ignores-generation", "h5-reference-is-a-place")...)
	races := named("tombstone-load-then-store", "reserve-without-lock")
	own := withMistakes(t, "fuzz", slices.Concat(refs, endSlips, races))
	judge := withMistakes(t, "linearizability/history", judgeSlips)
	verdicts := withMistakes(t, "linearizability", verdictSlips)
	draws := []string{"-rapid.seed=1", "-rapid.checks=20000", "-rapid.shrinktime=1h"} // no limit
	for _, planted := range []struct {
		target string
		tests  *brokenTests
		slips  []mutants.Mutant
		says   string
		args   []string
		also   func(*testing.T, string) // what else is demanded of the output
	}{
		{"FuzzRefs", own, refs, "violated: ", nil, nil},
		{"FuzzSequential", own, endSlips, "violated: ", nil, nil},
		{"TestStateMachine", own, endSlips, "violated: ", draws, nil},
		{"TestConcurrentPrograms", own, races, "reproduce: ", draws, requireShortProgram},
		{"FuzzHistory", judge, judgeSlips, "Error Trace:", nil, nil},
		{"FuzzVerdicts", verdicts, verdictSlips, "Error Trace:", nil, nil},
	} {
		t.Run(planted.target, func(t *testing.T) {
			planted.tests.run(t, planted.target, "")
			for _, m := range planted.slips {
				t.Run(m.Name, func(t *testing.T) {
					out := planted.tests.run(t, planted.target, m.Name, planted.args...)
					require.Contains(t, out, planted.says, m.Slip)
					if planted.also != nil {
						planted.also(t, out)
					}
				})
			}
		})
	}
}

// requireShortProgram demands that little is left of a failing program of several
// tasks.
func requireShortProgram(t *testing.T, out string) {
	kept := regexp.MustCompile(`reproduce: .* replay (.*)`).FindStringSubmatch(out)
	require.NotNil(t, kept, out)
	p, err := scenario.LoadProgram(filepath.Join(filepath.Dir(kept[1]), "program.txt"))
	require.NoError(t, err)
	ops := 0
	for _, l := range listsOf(&p) {
		ops += len(*l.ops)
	}
	require.LessOrEqual(t, ops, 5, "%v", p)
}

// brokenTests are the tests of a package, built with mistakes of which each run
// chooses one.
type brokenTests struct{ binary, dir string }

// withMistakes builds them.
func withMistakes(t *testing.T, pkg string, list []mutants.Mutant) *brokenTests {
	t.Helper()
	const root = ".."
	dir := filepath.Join(".annulus", fmt.Sprintf("planted-%s-%d", path.Base(pkg), os.Getpid()))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Join(root, dir))) })
	overlay, alone, err := mutants.WriteTogether(root, dir, list)
	require.NoError(t, err)
	require.Empty(t, alone)
	b := &brokenTests{filepath.Join(t.TempDir(), "broken.test"), filepath.Join(root, pkg)}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", b.binary, "./"+pkg)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return b
}

// run runs a test with the mistake of that name, which must make it fail; without a
// name it must pass: else the failures mean nothing.
func (b *brokenTests) run(t *testing.T, target, mistake string, args ...string) string {
	t.Helper()
	cmd := exec.Command(b.binary, append([]string{"-test.run=^" + target + "$", "-test.timeout=1h"}, args...)...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), mutants.Variable+"="+mistake)
	out, err := cmd.CombinedOutput()
	require.Equal(t, mistake != "", err != nil, "%s", out)
	return string(out)
}
