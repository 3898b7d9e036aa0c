package linearizability

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextFormRoundTrip(t *testing.T) {
	for _, p := range Suite() {
		again, err := Parse(p.String())
		require.NoError(t, err)
		require.Equal(t, p, again)
	}
}

func TestTextFormHasEverything(t *testing.T) {
	const text = `program everything
about   each verb and each property
ring    512 bytes, classes 64 128, copy-on-access 64, patience 3, discard live, strict LIFO
setup   alloc a 64; release a; alloc b 1; handover b
t1      tombstone a; cancel a; free b; bytes a; coa a; metrics; blocks; stop
task2   evict fail; evict panic context; evictn 2 { bytes a; evict { metrics } }; drain; allocevict c 64 fail
after   close
`
	p, err := Parse(text)
	require.NoError(t, err)
	assert.Equal(t, text, p.String())
	assert.Equal(t, Op{Verb: Evict, Answer: Panic, Context: true}, p.Tasks[1].Ops[1])
}

func TestParseNamesLineAndRule(t *testing.T) {
	const ring = "ring 512 bytes, classes 64\n"
	for text, want := range map[string]string{
		"program p\n" + ring + "t1 fly":                       `line 3: there is no operation "fly"`,
		"program p\n" + ring + "t1 alloc a":                   `line 3: alloc needs a number`,
		"program p\n" + ring + "t1 bytes":                     `line 3: bytes needs a variable`,
		"program p\n" + ring + "t1 evict { bytes a":           `line 3: evict: a brace is not closed`,
		"program p\n" + ring + "t1 evict }":                   `line 3: unexpected "}"`,
		"program p\n" + ring + "t1 evict evict":               `line 3: unexpected "evict"`,
		"program p\nring 512 apples\n":                        `line 2: "512 apples" is not a property of a ring`,
		ring + "t1 evict":                                     `it has no name`,
		"program p\n" + ring:                                  `it has 0 tasks`,
		"program p\nring 512 bytes, classes 65\nt1 evict":     `Config.Classes has 65`,
		"program p\n" + ring + "t1 evict\nt1 evict":           `two tasks are called "t1"`,
		"program p\n" + ring + "main evict":                   `two tasks are called "main"`,
		"program p\n" + ring + "setup close\nt1 evict":        `closes the buffer before the tasks begin`,
		"program p\n" + ring + "t1 close\nt2 drain":           `tasks may close the buffer, or evict several`,
		"program p\n" + ring + "t1 bytes a":                   `variable "a" is given its value 0 times`,
		"program p\n" + ring + "t1 alloc a 1; allocevict a 1": `variable "a" is given its value 2 times`,
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
	}
	assert.Panics(t, func() { MustParse("") })
}

func TestSuiteNamesAndWords(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Suite() {
		assert.False(t, seen[p.Name], p.Name)
		seen[p.Name] = true
		assert.NotEmpty(t, p.About, p.Name)
		assert.Equal(t, strings.ToLower(p.Name), p.Name)
		assert.NotContains(t, p.Name, " ", "it names a directory")
	}
	assert.Greater(t, len(seen), 50)
}
