package scenario

// The fuzz target. It has a file of its own because tools that build it for other engines
// replace package testing in this file only: nothing here may hand its *testing.T to
// functions in other files, except as an interface.

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzParseProgram checks that whatever can be read is written and read again as
// the same program.
func FuzzParseProgram(f *testing.F) {
	for i, p := range Suite() {
		if i%8 == 0 {
			f.Add(p.String())
		}
	}
	f.Add("program p\nring 512 bytes, classes 64 128, copy-on-access 64, patience 3, discard live, batch 3, worker bytes 128\n" +
		"t1 evict panic context { bytes a; evictn 2 { metrics } }; allocevict a 64 fail\nafter close\n")
	f.Add("program p\nring 512 bytes\nt1\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(p.String())
		require.NoError(t, err, "%s", p)
		require.Equal(t, p, again)
	})
}
