package fuzz

import (
	"encoding/hex"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// Go's engine minimises every input that reaches new code. That takes up to a minute
// each, and nothing else is done meanwhile. Inputs that fail need no such help: Shrink
// makes them smaller. Other inputs are short enough as they are, and the time is
// better spent on new ones. So there is one attempt for each, which is the fewest that
// the flag can say. Whoever sets the flag overrides this.
func init() {
	testing.Init()
	if err := flag.Set("test.fuzzminimizetime", "1x"); err != nil {
		panic(err)
	}
}

// TestReproduce runs the program of a failure again.
func TestReproduce(t *testing.T) {
	text := os.Getenv(ProgramVariable)
	if text == "" {
		t.Skipf("%s is not set", ProgramVariable)
	}
	data, err := hex.DecodeString(text)
	require.NoError(t, err)
	p := Decode(data)
	require.NoError(t, Run(p))
	t.Logf("passes:\n%v\n%s", p.Config, record(t, p))
}

// record returns the log of a program that passes.
func record(t *testing.T, p Program) string {
	t.Helper()
	m := recorded(t, p.Config)
	require.NoError(t, m.run(p.Ops))
	return m.log.String()
}
