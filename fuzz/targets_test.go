package fuzz

// The fuzz targets. They have a file of their own since tools that build them for
// other engines put another package in the place of testing in it: nothing here
// may hand its *testing.T to functions in other files, except as an interface.

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzSequential runs the program that the input stands for. The corpus in
// testdata holds the programs of corpus_test.go.
func FuzzSequential(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		p := Decode(data)
		if Run(p) != nil {
			t.Fatal(Explain(Shrink(p)))
		}
	})
}

// FuzzSchedule executes the program that the input stands for under the schedule
// that it stands for, and a few like it.
//
// They are strings, since Go's engine spoils inputs with two slices of bytes: it has
// the slice that it has mutated share its memory with the next one that it mutates.
func FuzzSchedule(f *testing.F) {
	f.Fuzz(func(t *testing.T, program, schedule string) {
		x := DecodeExecution([]byte(program), []byte(schedule))
		r, err := x.Run(Variations)
		require.NoError(t, err)
		if r.Failure == nil {
			return
		}
		t.Fatal(once(t.Name(), r.Failure, func() string { return explained(t, x, Variations) }))
	})
}

// FuzzRefs runs the program that the input stands for, with hostile acts between
// its operations and inside of its callbacks: calls with references that are
// made up, with guards, handles and blocks that are over, and bytes that look
// like the buffer's own metadata. None may be accepted that was not issued, and
// none that is refused may touch a byte of memory or metadata. Go's engine makes the
// input that fails a seed.
func FuzzRefs(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := run(decodeHostile(data), nil); err != nil {
			var log strings.Builder
			_, _ = run(decodeHostile(data), &log)
			t.Fatalf("reproduce, once the input is a seed: go test -run '^FuzzRefs$' ./fuzz\n\nviolated: %v\n\nprogram:\n%s", err, log.String())
		}
	})
}

// FuzzParsers reads the input, without its first byte, as the format which that
// byte picks. Nothing may panic. What can be read must be printed so that it is read
// as the same, and errors must name the file and the line, except for rules that a
// program breaks as a whole, which name it, and for texts that are too long. Arguments of
// commands, strategies and shards, have no file: errors quote them.
func FuzzParsers(f *testing.F) {
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 {
			return
		}
		require.NoError(t, formats[int(data[0])%len(formats)].holds(path, string(data[1:])))
	})
}
