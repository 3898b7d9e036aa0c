package buffer_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// New returns the operating system's error when it gives no memory: for the blocks, or
// for the metadata, and then the memory of the blocks has been given back. The limit on
// memory is that of a process of its own: one that finds none for its heap ends.
func TestNewWithoutMemoryIsAnError(t *testing.T) {
	if raceDetector || unsafe.Sizeof(0) < 8 {
		t.Skip("the memory would be of the Go heap, or there are not enough addresses")
	}
	const child = "ANNULUS_TEST_CHILD"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: "+t.Name(), "the test has run")
		return
	}
	blocks, slack := uint64(2)<<30, uint64(128)<<20
	config := buffer.Config{Capacity: int(blocks), Classes: []int{64}}
	for _, c := range []struct {
		room uint64
		want string
	}{
		{blocks - slack, "buffer: no memory: 2147483648 bytes for blocks: "},
		{blocks + slack, "buffer: no memory: 272696344 bytes for metadata: "},
	} {
		limit(t, c.room)
		for range 3 {
			b, err := buffer.New(config)
			require.True(t, b == nil)
			require.ErrorContains(t, err, c.want)
			require.ErrorIs(t, err, buffer.ErrMemory)
			require.ErrorIs(t, err, syscall.ENOMEM)
		}
	}
	config.Capacity /= 2
	b, err := buffer.New(config)
	require.NoError(t, err)
	require.NoError(t, b.Close())
}

// limit leaves the process so many bytes of addresses more than it has.
func limit(t *testing.T, bytes uint64) {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	var pages uint64
	_, err = fmt.Sscan(string(statm), &pages)
	require.NoError(t, err)
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_AS, &limit))
	limit.Cur = min(limit.Max, pages*uint64(os.Getpagesize())+bytes)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_AS, &limit))
}

// mapping returns the line about the address in the list of the process's mappings, or "".
func mapping(t *testing.T, at uint64) string {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	for line := range strings.Lines(string(maps)) {
		var from, to uint64
		_, err := fmt.Sscanf(line, "%x-%x", &from, &to)
		require.NoError(t, err)
		if from <= at && at < to {
			return line
		}
	}
	return ""
}

// A closed buffer's memory is no longer the process's.
func TestCloseUnmaps(t *testing.T) {
	if raceDetector {
		t.Skip("the memory is of the Go heap")
	}
	b, err := buffer.New(buffer.Config{Capacity: 64 << 20, Classes: []int{64}})
	require.NoError(t, err)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(g.Bytes()))))
	g.Tombstone().Free()
	require.NotEmpty(t, mapping(t, at))
	require.NoError(t, b.Close())
	require.Empty(t, mapping(t, at))
}

// Mapped metadata is aligned, is looked at in vain after Close, with references and with
// guards and handles that are over, and is unmapped when nobody can reach the Buffer:
// a guard is enough to reach it.
func TestMetadataStaysUntilTheBufferIsCollected(t *testing.T) {
	if raceDetector {
		t.Skip("the memory is of the Go heap")
	}
	const mapped = 8 << 20 // from here on
	for _, capacity := range []int{mapped - 64, mapped} {
		at, g := closedRing(t, capacity, capacity == mapped)
		require.Zero(t, at%8)
		runtime.GC()
		runtime.GC()
		require.Panics(t, g.Release, "the metadata is still there")
		if capacity == mapped {
			for mapping(t, at) != "" { // cleanups run some time after a collection
				runtime.GC()
				runtime.Gosched()
			}
		}
	}
}

// closedRing returns the address of the metadata of a ring that was closed, and a guard
// of it that is over. If the metadata is mapped, its memory has been given back.
func closedRing(t *testing.T, capacity int, mapped bool) (at uint64, g buffer.Guard) {
	b, err := buffer.New(buffer.Config{Capacity: capacity, Classes: []int{64}, DiscardLive: true})
	require.NoError(t, err)
	var first interface{ Load() uint64 }
	b.Tools().EachSync(func(object any, role string, slot int) {
		if slot == 0 {
			at = uint64(uintptr((*[2]unsafe.Pointer)(unsafe.Pointer(&object))[1]))
			first = object.(interface{ Load() uint64 })
		}
	})
	require.NotEmpty(t, mapping(t, at))
	g, err = b.Alloc(64)
	require.NoError(t, err)
	g.Release()
	h, err := b.TryTombstone(g.Ref())
	require.NoError(t, err)
	h.Cancel()
	require.NoError(t, b.Close())
	if mapped {
		require.Zero(t, first.Load(), "a new page")
	} else {
		require.NotZero(t, first.Load(), "the same one")
	}

	_, err = b.Bytes(g.Ref())
	require.ErrorIs(t, err, buffer.ErrStale)
	_, err = b.TryTombstone(g.Ref())
	require.ErrorIs(t, err, buffer.ErrStale)
	_, err = b.CopyOnAccess(g.Ref())
	require.ErrorIs(t, err, buffer.ErrStale)
	for hostile := range uint64(1000) {
		_, err = b.Bytes(buffer.Ref(hostile * 0x9e3779b97f4a7c15))
		require.Error(t, err)
	}
	for _, late := range []func(){g.Release, func() { g.Bytes() }, func() { g.Tombstone() }, h.Free, h.Cancel, func() { h.Bytes() }} {
		var o *buffer.OwnershipError
		require.ErrorAs(t, recovered(late), &o)
	}
	return at, g
}
