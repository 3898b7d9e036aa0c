package buffer_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"annulus/buffer"
)

// New returns the operating system's error when it gives no memory.
func TestNewWithoutMemoryIsAnError(t *testing.T) {
	statm, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	var pages uint64
	_, err = fmt.Sscan(string(statm), &pages)
	require.NoError(t, err)
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_AS, &before))
	limit := before
	limit.Cur = min(before.Max, pages*uint64(os.Getpagesize())+256<<20)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_AS, &limit))
	defer func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_AS, &before)) }()
	_, err = buffer.New(buffer.Config{Capacity: 1 << 30, Classes: []int{64}})
	require.ErrorContains(t, err, "buffer: map 1073741824 bytes: ")
	require.ErrorIs(t, err, syscall.ENOMEM)
}

// A closed buffer's memory is no longer the process's.
func TestCloseUnmaps(t *testing.T) {
	mapped := func(at uint64) bool {
		maps, err := os.ReadFile("/proc/self/maps")
		require.NoError(t, err)
		for line := range strings.Lines(string(maps)) {
			var from, to uint64
			_, err := fmt.Sscanf(line, "%x-%x", &from, &to)
			require.NoError(t, err)
			if from <= at && at < to {
				return true
			}
		}
		return false
	}
	b, err := buffer.New(buffer.Config{Capacity: 64 << 20, Classes: []int{64}})
	require.NoError(t, err)
	g, err := b.Alloc(64)
	require.NoError(t, err)
	at := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(g.Bytes()))))
	g.Tombstone().Free()
	require.True(t, mapped(at))
	require.NoError(t, b.Close())
	require.False(t, mapped(at))
}
