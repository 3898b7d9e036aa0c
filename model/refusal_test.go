package model

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

var refusals = slices.Concat(allocRefusals, referenceRefusals, evictRefusals, batchRefusals, workerRefusals, observeRefusals)

// leaves reports whether an operation that is accepted leaves the state as it is.
// Alloc may append a filler before it answers that the ring is full.
func leaves(s State, op Op) bool {
	switch op.Kind {
	case OpObserve:
		return op.Seen.Head == s.Head
	case OpBytes, OpCopyOnAccess, OpLook:
		return true
	}
	return op.Outcome != OK && op.Outcome != Full
}

// Every rule refuses the wrong outcome, in words that leave no blank, and
// lets the right one of the same situation pass.
func TestWrongOutcomesAreRefused(t *testing.T) {
	tested := map[Rule]bool{}
	for _, k := range refusals {
		t.Run(k.claim, func(t *testing.T) {
			s := run(t, k.cfg, k.given)
			before := s.String()
			after, err := Step(k.cfg, s, k.wrong)
			var r *Refusal
			require.True(t, errors.As(err, &r), "accepted %v in %v", k.wrong, s)
			require.Equal(t, ruleTexts[k.rule], ruleTexts[r.Rule], "%v", err)
			require.True(t, Equal(s, after), "a refused step leaves the state")
			require.NotContains(t, err.Error(), "{")
			require.True(t, strings.HasPrefix(err.Error(), k.wrong.String()), err.Error())
			after, err = Step(k.cfg, s, k.right)
			require.NoError(t, err)
			require.Equal(t, before, s.String(), "a step has modified its argument")
			require.True(t, Equal(s, after) || !leaves(s, k.right), "after %v: %v", k.right, after)
			tested[k.rule] = true
		})
	}
	for rule, text := range ruleTexts {
		require.NotEmpty(t, text, "rule %d", rule)
		require.True(t, tested[Rule(rule)], "no test refuses for: %s", text)
	}
}

// The words of every refusal of the tables are those of the golden file, which
// -update writes. A refusal demands something only if its words say what.
func TestWordsOfRefusals(t *testing.T) {
	var got strings.Builder
	for _, k := range refusals {
		_, err := Step(k.cfg, run(t, k.cfg, k.given), k.wrong)
		var r *Refusal
		require.ErrorAs(t, err, &r, k.claim)
		named := strings.Contains(strings.NewReplacer("{state}", "{want}", "{outcome}", "{want}", "{phase}", "{want}").Replace(ruleTexts[r.Rule]), "{want}")
		require.True(t, named || r.Want == 0, "%s: Want is %d", k.claim, r.Want)
		fmt.Fprintf(&got, "%s\n\t%v\n", k.claim, err)
	}
	file := filepath.Join("testdata", "refusals.txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update")
	require.Equal(t, string(want), got.String(), "%s: run the test with -update", file)
}

// An operation is written as a call with its arguments and its outcome.
func TestWordsOfOperations(t *testing.T) {
	for text, op := range map[string]Op{
		"Alloc(65) = 64.1, 128 bytes":                      {Kind: OpAlloc, N: 65, Addr: 64, Gen: 1, Size: 128},
		"Alloc(65) = full":                                 {Kind: OpAlloc, N: 65, Outcome: Full},
		"Release(64.1) = ok #7":                            {Kind: OpRelease, Addr: 64, Gen: 1, Tag: 7},
		"Bytes(64.0) = ok":                                 {Kind: OpBytes, Addr: 64},
		"CopyOnAccess(64.1) = true":                        {Kind: OpCopyOnAccess, Addr: 64, Gen: 1, InRegion: true},
		"CopyOnAccess(64.1) = false":                       {Kind: OpCopyOnAccess, Addr: 64, Gen: 1},
		"CopyOnAccess(64.1) = stale":                       {Kind: OpCopyOnAccess, Addr: 64, Gen: 1, Outcome: Stale},
		"Reserve(evictor 1) = 64, 128 bytes":               {Kind: OpReserve, Evictor: 1, Addr: 64, Size: 128},
		"Reserve(evictor 1) = ?, 0 bytes":                  by(OpReserve, 1),
		"Reserve(evictor 1) = empty":                       ending(by(OpReserve, 1), Empty),
		"Wait(evictor 1) = ok":                             by(OpWait, 1),
		"Claim(evictor 1, 64.0) = ok #7":                   claiming(1, 64, 7),
		"Unclaim(evictor 1) = ok":                          by(OpUnclaim, 1),
		"Return(evictor 1, context ran out) = ok":          returning(1, ContextRanOut),
		"Mark(evictor 1) = ok":                             by(OpMark, 1),
		"Finish(evictor 1) = stale":                        ending(by(OpFinish, 1), Stale),
		"Observe() = nothing":                              {Kind: OpObserve},
		"Observe() = head 1, evicting 2, tail 3, 1 blocks": seeing(1, 2, 3, Block{}),
		"Look(64.1) = Ready":                               {Kind: OpLook, Addr: 64, Gen: 1, State: Ready},
		"Drained() = ok":                                   {Kind: OpDrained},
		"Wait(evictor 1, 64) = ok":                         of(by(OpWait, 1), 64),
		"Return(evictor 1, 64, batch stopped) = ok":        of(returning(1, BatchStopped), 64),
		"worker 2: Alloc(65) = 64.1, 128 bytes":            {Kind: OpAlloc, Worker: 2, N: 65, Addr: 64, Gen: 1, Size: 128},
		"worker 2: Free(64.1) = ok":                        {Kind: OpFree, Worker: 2, Addr: 64, Gen: 1},
		"worker 2: Stock(64.1) = ok":                       {Kind: OpStock, Worker: 2, Addr: 64, Gen: 1},
		"worker 2: Spill(64.1) = ok":                       {Kind: OpSpill, Worker: 2, Addr: 64, Gen: 1},
		"worker 2: Aim(64.0) = ok":                         {Kind: OpAim, Worker: 2, Addr: 64},
		"Close() = live":                                   {Kind: OpClose, Outcome: Live},
	} {
		require.Equal(t, text, op.String())
	}
}
