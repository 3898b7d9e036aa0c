package fuzz

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the seed corpus and the golden files in testdata")

// Shorthand for writing programs. Sizes are indexes of classes.
func alloc(class uint8) Op  { return Op{Kind: Alloc, Arg: class} }
func release(n uint8) Op    { return Op{Kind: Release, Arg: n} }
func handOver(n uint8) Op   { return Op{Kind: HandOver, Arg: n} }
func tombstone(n uint8) Op  { return Op{Kind: TryTombstone, Arg: n} }
func free(n uint8) Op       { return Op{Kind: Free, Arg: n} }
func cancel(n uint8) Op     { return Op{Kind: Cancel, Arg: n} }
func closing() Op           { return Op{Kind: Close} }
func do(k Kind, n uint8) Op { return Op{Kind: k, Arg: n} }
func evict(end End, inside ...Op) Op {
	return Op{Kind: EvictOne, Callbacks: []Callback{{inside, end}}}
}

func evictIn(c Context) Op {
	return Op{Kind: EvictOne, Context: c, Callbacks: []Callback{{}}}
}

func many(k Kind, n uint8, callbacks ...Callback) Op {
	return Op{Kind: k, Arg: n, Callbacks: callbacks}
}

// published is an allocation and its release.
func published(class uint8) []Op { return []Op{alloc(class), release(0)} }

// program joins operations and lists of them.
func program(c Config, parts ...any) Program {
	p := Program{Config: c}
	for _, part := range parts {
		switch part := part.(type) {
		case Op:
			p.Ops = append(p.Ops, part)
		case []Op:
			p.Ops = append(p.Ops, part...)
		default:
			panic(fmt.Sprintf("%T is no part of a program", part))
		}
	}
	return p
}

// Rings of the seeds: four blocks of one class; three classes in a ring whose
// size is no power of two; one with half of it copy-on-access.
var (
	four    = Config{Capacity: 256, Classes: []int{64}, EvictPatience: 2}
	mixed   = Config{Capacity: 704, Classes: []int{64, 128, 320}, EvictPatience: 3, ProvideMemory: true}
	copied  = Config{Capacity: 512, Classes: []int{64, 128}, CopyOnAccessBytes: 256, EvictPatience: 1}
	edge    = Config{Capacity: 256, Classes: []int{64, 128}, CopyOnAccessBytes: 64, EvictPatience: 2}
	wide    = Config{Capacity: 512, Classes: []int{64, 256}, EvictPatience: 2, EvictBatch: 2}
	both    = Config{Capacity: 512, Classes: []int{64, 128}, CopyOnAccessBytes: 256, EvictPatience: 1, WorkerBytes: 512}
	kept    = Config{Capacity: 512, Classes: []int{64}, EvictPatience: 2, EvictBatch: 3, WorkerBytes: 512}
	discard = Config{Capacity: 320, Classes: []int{64, 128}, EvictPatience: 2, DiscardLive: true}
)

// seeds are the programs that the fuzzer starts from: each exercises what its
// name says.
func seeds() map[string]Program {
	eight := program(kept, published(0), published(0), published(0), published(0), published(0), published(0), published(0), published(0)).Ops
	fill := program(four, published(0), published(0), published(0), published(0)).Ops
	return map[string]Program{
		"life-of-a-block":         program(four, alloc(0), release(0), do(Bytes, 0), tombstone(0), cancel(0), tombstone(0), free(0), alloc(0), do(Bytes, 1)),
		"full-and-evict":          program(four, fill, alloc(0), evict(Accept), alloc(0), alloc(0), release(0)),
		"two-laps":                program(four, fill, many(Drain, 0), fill, many(Drain, 0), fill, do(Bytes, 11)),
		"filler-at-the-end":       program(mixed, published(2), published(1), evict(Accept), alloc(2), alloc(2), release(0), evict(Accept), evict(Accept), alloc(2)),
		"filler-then-full":        program(mixed, published(1), published(2), evict(Accept), alloc(2), alloc(2), do(Walk, 3), evict(Accept), alloc(2), release(0)),
		"sizes-of-every-kind":     program(mixed, do(Alloc, 0), do(Alloc, 5), do(Alloc, 250), do(Alloc, 3), do(Alloc, 7), do(Alloc, 11), do(Alloc, 15), release(2)),
		"reuse-last-freed-first":  program(mixed, published(0), published(0), published(0), tombstone(2), free(0), tombstone(0), free(0), tombstone(1), free(0), alloc(0), alloc(0), alloc(0)),
		"freed-block-is-evicted":  program(four, fill, tombstone(3), free(0), tombstone(1), free(0), evict(Accept), evict(Accept), evict(Accept), alloc(0), alloc(0)),
		"hand-over":               program(four, alloc(0), handOver(0), evict(Accept), free(0), alloc(0), handOver(0), cancel(0), evict(Accept)),
		"busy-and-stale":          program(four, alloc(0), tombstone(0), release(0), tombstone(0), tombstone(0), free(0), tombstone(0), do(Bytes, 0), do(CopyOnAccess, 0)),
		"copy-on-access-boundary": program(copied, published(0), published(0), published(1), do(CopyOnAccess, 2), tombstone(1), free(0), published(0), do(CopyOnAccess, 3), do(CopyOnAccess, 2), tombstone(3), free(0), alloc(0), alloc(0)),
		"listed-then-too-old":     program(copied, published(0), published(0), tombstone(0), free(0), published(1), published(1), alloc(0), evict(Accept), evict(Accept)),
		"callback-fails":          program(four, fill, evict(Fail), evict(Accept, do(Bytes, 3)), evict(Fail), evict(Fail), evict(Accept)),
		"callback-panics":         program(four, fill, evict(Panic), evict(Exit), evict(Accept)),
		"callback-calls-back": program(four, fill, evict(Accept, evict(Accept, evict(Fail), evict(Accept), tombstone(1)), alloc(0), evict(Fail)), evict(Accept),
			evict(Accept)),
		"given-back-out-of-order":  program(four, fill, evict(Fail, evict(Fail), evict(Accept)), do(Walk, 2), evict(Accept), alloc(0), evict(Accept)),
		"given-back-younger-first": program(four, fill, evict(Fail, evict(Fail)), evict(Accept), evict(Accept)),
		"stale-and-reused":         program(four, published(0), tombstone(0), free(0), published(0), tombstone(1), do(Bytes, 1), do(CopyOnAccess, 1), tombstone(0)),
		"given-back-across-the-end": program(four, fill, many(EvictN, 3), published(0), published(0), evict(Fail, evict(Fail, evict(Fail))), do(Walk, 1),
			evict(Accept), evict(Accept), evict(Accept)),
		"filler-moves-the-tail": program(edge, published(0), published(0), published(0), evict(Accept), alloc(1), do(CopyOnAccess, 1), do(CopyOnAccess, 0),
			many(EvictN, 7), alloc(1)),
		"given-back-then-freed": program(four, fill, evict(Fail), tombstone(3), free(0), alloc(0), evict(Accept), alloc(0)),
		"empty-and-in-flight":   program(four, evict(Accept), published(0), evict(Fail, evict(Accept), many(EvictN, 2), many(Drain, 0)), fill, evict(Accept, many(Drain, 0), many(AllocOrEvict, 0))),
		"patience":              program(four, alloc(0), evict(Accept), release(0), tombstone(0), evict(Accept), many(Drain, 0), many(EvictN, 1), cancel(0), evict(Accept)),
		"contexts": program(mixed, alloc(0), evictIn(AtOnce), evictIn(AtSecond), evictIn(AtThird), evictIn(PanicAtOnce), Op{Kind: Drain, Context: AtOnce},
			release(0), evictIn(AtOnce)),
		"contexts-outlast-patience": program(four, alloc(0), evictIn(AtThird), Op{Kind: Drain, Context: AtThird}, Op{Kind: EvictN, Arg: 1, Context: AtThird},
			Op{Kind: AllocOrEvict, Context: AtThird}, release(0), published(0), published(0), published(0),
			evict(Accept, Op{Kind: AllocOrEvict, Context: AtThird}, Op{Kind: Drain, Context: AtThird})),
		"odd-size-is-reused":    program(mixed, do(Alloc, 1+4*28), release(0), tombstone(0), free(0), alloc(1), release(0), published(0)),
		"evict-n-whole-ring":    program(four, fill, many(EvictN, 7)),
		"evict-n-stops-at-tail": program(four, published(0), published(0), many(EvictN, 7, Callback{Inside: published(0)}, Callback{Inside: published(0)}), do(EvictN, 0), many(EvictN, 1)),
		"drain-goes-on":         program(four, fill, many(Drain, 0, Callback{Inside: published(0)}, Callback{End: Fail}), many(Drain, 0, Callback{Inside: published(0)})),
		"alloc-or-evict":        program(mixed, published(2), published(2), many(AllocOrEvict, 2), alloc(2), many(AllocOrEvict, 1, Callback{Inside: []Op{release(0)}}, Callback{End: Fail}), many(AllocOrEvict, 0)),
		"batch":                 program(kept, eight, many(AllocOrEvict, 0), many(AllocOrEvict, 0, Callback{}, Callback{End: Fail}), evict(Accept)),
		"batch-stops":           program(kept, eight, tombstone(6), many(AllocOrEvict, 0), cancel(0), many(AllocOrEvict, 0, Callback{Inside: []Op{tombstone(5), tombstone(4), free(1)}})),
		"batch-taken-over":      program(kept, published(0), published(0), published(0), published(0), published(0), published(0), published(0), alloc(0), many(AllocOrEvict, 0, Callback{Inside: []Op{many(AllocOrEvict, 0), many(Drain, 0)}})),
		"batch-fails":           program(kept, eight, many(AllocOrEvict, 0, Callback{}, Callback{End: Fail}), evict(Accept), evict(Accept), many(AllocOrEvict, 0)),
		"batch-panics":          program(kept, eight, many(AllocOrEvict, 0, Callback{}, Callback{End: Panic}), many(AllocOrEvict, 0, Callback{End: Exit}), evict(Accept)),
		"batch-of-dead":         program(kept, eight, tombstone(6), do(WorkerFree, 0), many(AllocOrEvict, 0), evict(Accept), many(Drain, 0)),
		"spare-then-too-old":    program(both, published(0), tombstone(0), do(WorkerFree, 0), published(1), published(1), do(WorkerAlloc, 0)),
		"spare-then-evicted":    program(kept, eight, tombstone(7), do(WorkerFree, 0), evict(Accept), alloc(0), do(WorkerClose, 0), release(0), do(Bytes, 0)),
		"worker-stocks":         program(kept, alloc(0), alloc(0), alloc(0), handOver(0), handOver(0), handOver(0), free(0), free(0), free(0), do(WorkerAlloc, 0), do(WorkerAlloc, 0), do(WorkerAlloc, 0)),
		"worker-closes":         program(kept, alloc(0), handOver(0), do(WorkerFree, 0), do(WorkerClose, 0), alloc(0), do(Walk, 1)),
		"batch-in-a-batch": program(wide, published(0), published(0), published(0), published(0), published(1),
			many(AllocOrEvict, 0, Callback{Inside: []Op{many(AllocOrEvict, 1)}}), many(Drain, 0)),
		"batch-gets-back": program(kept, eight, many(AllocOrEvict, 0, Callback{Inside: []Op{many(EvictN, 5), evict(Fail)}}), many(Drain, 0)),
		"batch-and-guard": program(kept, published(0), alloc(0), published(0), published(0), published(0), published(0), published(0), published(0),
			many(AllocOrEvict, 0, Callback{Inside: []Op{many(EvictN, 5), evict(Accept), evict(Accept)}}), release(0)),
		"given-back-then-spare": program(kept, alloc(0), handOver(0), evict(Accept), do(WorkerFree, 0), do(WorkerAlloc, 0), evict(Accept)),
		"worker-without-bag":    program(four, alloc(0), handOver(0), do(WorkerFree, 0), alloc(0), do(WorkerAlloc, 1), alloc(0)),
		"workers":               program(kept, do(WorkerAlloc, 0), do(WorkerAlloc, 1), release(0), release(0), tombstone(0), do(WorkerFree, 0), tombstone(1), do(WorkerFree, 1), do(WorkerAlloc, 0), do(WorkerAlloc, 1), do(WorkerAlloc, 1), do(WorkerClose, 0), do(WorkerClose, 1), do(WorkerAlloc, 0)),
		"worker-spills":         program(kept, alloc(0), alloc(0), alloc(0), alloc(0), handOver(0), handOver(0), handOver(0), handOver(0), do(WorkerFree, 0), do(WorkerFree, 0), do(WorkerFree, 0), do(WorkerFree, 0), alloc(0), evict(Accept), do(WorkerAlloc, 0), closing()),
		"worker-evicts":         program(kept, eight, many(WorkerAllocOrEvict, 0, Callback{Inside: []Op{tombstone(0), do(WorkerFree, 0)}}), do(WorkerAlloc, 0), many(WorkerAllocOrEvict, 1)),
		"close-with-live":       program(four, alloc(0), closing(), release(0), closing(), evict(Accept, closing()), closing(), closing()),
		"discard-live":          program(discard, published(0), tombstone(0), published(1), closing(), cancel(0), evict(Fail, closing()), closing(), do(Bytes, 0)),
		"after-close":           program(four, published(0), evict(Accept), closing(), alloc(0), do(Alloc, 1), do(Bytes, 0), tombstone(0), do(CopyOnAccess, 0), evict(Accept), many(EvictN, 1), many(Drain, 0), many(AllocOrEvict, 0), do(Walk, 1), do(LateGuard, 0), do(LateBlock, 0)),
		"late-and-forged": program(four, do(LateGuard, 0), do(LateHandle, 0), do(LateBlock, 0), published(0), do(LateGuard, 0), tombstone(0), do(LateGuard, 0), cancel(0), do(LateHandle, 0), tombstone(0), do(LateHandle, 0), free(0), alloc(0), do(LateHandle, 1),
			do(LateGuard, 0), release(0), evict(Accept, do(LateHandle, 0)), do(LateBlock, 0), do(BadRef, 0), do(BadRef, 1), do(BadRef, 16), do(BadRef, 18), do(BadRef, 64), do(BadRef, 69)),
	}
}

// The committed corpus is what seeds returns. Rewrite it with -update.
func TestCorpus(t *testing.T) {
	inputs := map[string][]byte{}
	for name, p := range seeds() {
		inputs[name] = p.Encode()
	}
	requireCorpus(t, "FuzzSequential", inputs)
}

// requireCorpus demands that the seeds of a fuzz target are these inputs, which
// -update makes them.
func requireCorpus(t *testing.T, target string, inputs map[string][]byte) {
	t.Helper()
	dir := filepath.Join("testdata", "fuzz", target) // where Go's fuzzing looks
	for name, data := range inputs {
		file, text := filepath.Join(dir, name), fmt.Sprintf("go test fuzz v1\n[]byte(%q)\n", data)
		if *update {
			require.NoError(t, os.MkdirAll(dir, 0o755))
			require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err, "run the test with -update")
		require.Equal(t, text, string(got), "%s: run the test with -update", name)
	}
}

// Together the seeds use every kind of operation, every way a callback and a
// context end, and every documented answer that a short sequential program can
// get.
func TestSeedsReachEverything(t *testing.T) {
	var log strings.Builder
	for name, p := range seeds() {
		log.WriteString(record(t, p))
		require.NoError(t, Run(p), name)
	}
	phrases := []string{
		"buffer: full", "size is not between", "buffer: closed", "stale reference", "foreign reference", "in use",
		"buffer: empty", "only evictions in flight", "the callback failed", "patience exhausted", "context canceled",
		"the context panicked", "goroutine exited", "blocks live", "want state NotReady", "want state Tombstoning",
		"worker 1: alloc", "worker 2: free", "worker 1: close", "worker 1: alloc 64 or evict", "worker 2: alloc 64 or evict",
		"of a later owner", "of a zero value",
	}
	for _, k := range kindNames {
		switch k {
		case "worker alloc", "worker free", "worker close", "worker alloc or evict":
		case "alloc or evict", "evict n", "late guard", "late handle", "late block", "bad reference":
		default:
			phrases = append(phrases, k)
		}
	}
	phrases = append(phrases, "or evict →", "evict 7", "late Guard", "late Handle", "late Block", "forged reference")
	phrases = append(phrases, endNames[:]...)
	phrases = append(phrases, contextNames[:]...)
	for _, phrase := range phrases {
		require.Contains(t, log.String(), phrase)
	}
}
