package buffer_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

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
