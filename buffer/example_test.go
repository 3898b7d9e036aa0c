package buffer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"annulus/buffer"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A block is written under its guard, found again by its reference, and freed
// through a handle.
func Example() {
	b := must(buffer.New(buffer.Config{Capacity: 1 << 20, Classes: []int{128, 320, 4096}}))
	g := must(b.Alloc(300))
	copy(g.Bytes(), "hello")
	ref := g.Ref()
	g.Release()

	fmt.Printf("%s\n", must(b.Bytes(ref))[:5])
	h := must(b.TryTombstone(ref))
	h.Free()
	_, err := b.Bytes(ref)
	fmt.Println(err)
	fmt.Println(b.Close())
	// Output:
	// hello
	// buffer: stale reference
	// <nil>
}

// New refuses what cannot work and says why.
func ExampleNew() {
	_, err := buffer.New(buffer.Config{Capacity: 1000, Classes: []int{64}})
	fmt.Println(err)
	fmt.Println(errors.Is(err, buffer.ErrConfig))
	// Output:
	// buffer: Config.Capacity is 1000; must be a positive multiple of 64
	// true
}

// Size classes can be derived from the records and pages of a tree.
func ExampleRecords() {
	r := buffer.Records{MinRecord: 64, MaxRecord: 1952, LeafPage: 4096, MaxFence: 32}
	fmt.Println(must(r.Classes()))
	b := must(buffer.New(buffer.Config{Capacity: 1 << 20, Records: r}))
	fmt.Println(cap(must(b.Alloc(256)).Bytes()))
	// Output:
	// [128 192 320 640 1216 2048 4096]
	// 320
}

// The rule for reading: whoever reads a block's bytes holds a lock that the
// eviction callback, and whoever frees the block, also takes. Bytes alone pins
// nothing.
func ExampleBuffer_Bytes() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	var page struct { // what an engine keeps for each page
		sync.Mutex
		ref    buffer.Ref
		onDisk string
	}
	g := must(b.Alloc(5))
	copy(g.Bytes(), "apple")
	page.ref = g.Ref()
	g.Release()

	read := func() string {
		page.Lock()
		defer page.Unlock() // the slice is not used beyond here
		if p, err := b.Bytes(page.ref); err == nil {
			return "memory: " + string(p[:5])
		}
		return "disk: " + page.onDisk
	}
	evict := func(e buffer.Block) error {
		page.Lock() // waits for readers, and keeps new ones out
		defer page.Unlock()
		page.onDisk = string(e.Bytes()[:5])
		page.ref = 0
		return nil
	}
	fmt.Println(read())
	must(b.EvictOne(context.Background(), evict))
	fmt.Println(read())
	// Output:
	// memory: apple
	// disk: apple
}

// Evicted blocks are spilled to a file and read back from there.
func ExampleBuffer_AllocOrEvict() {
	file := must(os.CreateTemp("", "spill"))
	defer os.Remove(file.Name())
	defer file.Close()
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{256}}))

	where := map[buffer.Ref]int{} // record of the block in memory
	offsets := map[int]int64{}    // place of the record in the file
	spill := func(e buffer.Block) error {
		end := must(file.Seek(0, 2))
		if _, err := file.Write(e.Bytes()); err != nil {
			return err // the block stays in memory and is tried again
		}
		offsets[where[e.Ref()]] = end
		delete(where, e.Ref())
		return nil
	}
	for i := range 10 {
		g := must(b.AllocOrEvict(context.Background(), 200, spill))
		copy(g.Bytes(), fmt.Sprintf("record %d", i))
		where[g.Ref()] = i
		g.Release()
	}
	fmt.Println(len(where), "in memory,", len(offsets), "in the file")
	p := make([]byte, 8)
	must(file.ReadAt(p, offsets[3]))
	fmt.Printf("%s\n", p)
	// Output:
	// 4 in memory, 6 in the file
	// record 3
}

// A callback that fails gives the block back; the next eviction gets it first.
func ExampleInterruptedError() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	must(b.Alloc(64)).Release()
	ctx := context.Background()
	_, err := b.EvictOne(ctx, func(buffer.Block) error { return os.ErrDeadlineExceeded })
	var interrupted *buffer.InterruptedError
	fmt.Println(errors.As(err, &interrupted), interrupted.Address, errors.Is(err, os.ErrDeadlineExceeded))
	fmt.Println(b.EvictOne(ctx, func(buffer.Block) error { return nil }))
	fmt.Println(b.EvictOne(ctx, func(buffer.Block) error { return nil }))
	// Output:
	// true 0 true
	// 64 <nil>
	// 0 buffer: empty
}

// A guard can become a handle without a gap in which the block could be evicted.
func ExampleGuard_Tombstone() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	g := must(b.Alloc(64))
	h := g.Tombstone() // changed our mind: never published
	h.Free()
	fmt.Println(b.Metrics().FreeListed)
	// Output: 1
}

// A handle is exclusive until it is freed or cancelled.
func ExampleHandle() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	g := must(b.Alloc(64))
	g.Release()
	h := must(b.TryTombstone(g.Ref()))
	_, err := b.TryTombstone(g.Ref())
	fmt.Println(err)
	h.Cancel()
	must(b.TryTombstone(g.Ref())).Free()
	// Output: buffer: block is in use
}

// To use a guard twice is a defect, and panics.
func ExampleOwnershipError() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	g := must(b.Alloc(64))
	g.Release()
	defer func() { fmt.Println(recover()) }()
	g.Release()
	// Output: buffer: Guard.Release of block 0: want state NotReady, found Ready
}

// An eviction callback sees the block it is about to lose.
func ExampleBlock() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	g := must(b.Alloc(2))
	copy(g.Bytes(), "hi")
	g.Release()
	must(b.EvictOne(context.Background(), func(e buffer.Block) error {
		fmt.Printf("%v %s %v\n", e.Address(), e.Bytes()[:2], e.Ref() == g.Ref())
		return nil
	}))
	// Output: 0 hi true
}

// A reference fits an atomic word and turns stale when its block ends.
func ExampleRef() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	old := must(b.Alloc(64))
	old.Tombstone().Free()
	reused := must(b.Alloc(64))
	fmt.Println(b.Tools().Locate(old.Ref()))
	fmt.Println(b.Tools().Locate(buffer.Ref(uint64(reused.Ref()))))
	fmt.Println(b.TryTombstone(old.Ref()))
	// Output:
	// 0 0
	// 0 1
	// {{<nil> <nil> 0}} buffer: stale reference
}

// Close reports what is still in use and leaves the buffer open.
func ExampleLiveError() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64}}))
	g := must(b.Alloc(64))
	fmt.Println(b.Close())
	g.Tombstone().Free()
	fmt.Println(b.Close())
	// Output:
	// buffer: close: 1 blocks live, 0 evictions under way; 0 (64 bytes) NotReady
	// <nil>
}

// Metrics, Blocks and Inspect show the ring.
func ExampleMetrics() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64, 128}}))
	must(b.Alloc(64)).Release()
	must(b.Alloc(128)).Tombstone().Free()
	m := b.Metrics()
	fmt.Println(m.Ready, m.FreeListed, m.UsedBytes)
	for i := range b.Blocks() {
		fmt.Println(i.Address, i.Size, i.State)
	}
	// Output:
	// 1 1 192
	// 0 64 Ready
	// 64 128 FreeListed
}

// Inspect is for a ring at rest.
func ExampleView() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64, 128}}))
	must(b.Alloc(128)).Tombstone().Free()
	v := b.Tools().Inspect()
	fmt.Println(v.Head, v.Evicting, v.Tail, v.FreeLists)
	// Output: 0 0 128 [[] [0]]
}

// Edges lists every move of a block's life.
func ExampleEdge() {
	for _, e := range buffer.Edges() {
		if e.From == buffer.Ready {
			fmt.Println(e.From, "→", e.To, "by", e.By)
		}
	}
	// Output: Ready → Tombstoning by TryTombstone, or the evictor's claim
}

// A Config says what New builds; most of it may be left out.
func ExampleConfig() {
	b := must(buffer.New(buffer.Config{
		Capacity:          3 << 20, // any multiple of 64
		Classes:           []int{64, 256, 4096},
		CopyOnAccessBytes: 300 << 10,
		Memory:            make([]byte, 3<<20), // else from the operating system
		DiscardLive:       true,
	}))
	must(b.Alloc(100)).Release()
	fmt.Println(b.Capacity(), b.Close())
	// Output: 3145728 <nil>
}

// A ConfigError names the field and the rule it breaks.
func ExampleConfigError() {
	_, err := buffer.New(buffer.Config{Capacity: 4096, Classes: []int{64, 100}})
	var e *buffer.ConfigError
	fmt.Println(errors.As(err, &e), e.Field)
	fmt.Println(e.Rule)
	// Output:
	// true Classes
	// has 100 at index 1; must be a positive multiple of 64
}

// Addresses grow with every block that is appended and never come back.
func ExampleAddr() {
	b := must(buffer.New(buffer.Config{Capacity: 128, Classes: []int{64}}))
	for range 3 {
		g := must(b.AllocOrEvict(context.Background(), 64, func(buffer.Block) error { return nil }))
		g.Release()
		a, _ := b.Tools().Locate(g.Ref())
		fmt.Print(a, " ")
	}
	// Output: 0 64 128
}

// BlockInfo describes a block as Blocks and Inspect find it.
func ExampleBlockInfo() {
	b := must(buffer.New(buffer.Config{Capacity: 1024, Classes: []int{64, 128}}))
	must(b.Alloc(100)).Release()
	for i := range b.Blocks() {
		text, err := json.Marshal(i)
		fmt.Println(string(text), err)
	}
	// Output: {"address":0,"generation":0,"size":128,"state":"Ready"} <nil>
}

// States are named as in the life cycle in the package's documentation.
func ExampleState() {
	fmt.Println(buffer.NotReady, buffer.Ready, buffer.Tombstoning, buffer.Tombstone, buffer.FreeListed, buffer.Evicted)
	// Output: NotReady Ready Tombstoning Tombstone FreeListed Evicted
}

// Each goroutine that allocates and frees much has a Worker of its own.
func ExampleWorker() {
	b := must(buffer.New(buffer.Config{Capacity: 1 << 20, Classes: []int{64, 128}}))
	var goroutines sync.WaitGroup
	for range 4 {
		goroutines.Go(func() {
			k := b.NewWorker()
			defer k.Close()
			for range 1000 {
				g := must(k.Alloc(100))
				g.Bytes()[0] = 1
				g.Release()
				k.Free(must(b.TryTombstone(g.Ref())))
			}
		})
	}
	goroutines.Wait()
	m := b.Metrics()
	fmt.Println(m.Ready, m.Spare, m.Workers)
	// Output: 0 0 0
}

// A Worker is for one goroutine at a time. Two are noticed.
func ExampleSharedWorkerError() {
	err := &buffer.SharedWorkerError{Op: "Worker.Alloc"}
	fmt.Println(err)
	// Output: buffer: Worker.Alloc while another goroutine uses the same Worker
}
