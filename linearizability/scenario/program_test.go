package scenario

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
ring    512 bytes, classes 64 128, copy-on-access 64, patience 3, discard live, batch 3, worker bytes 128
setup   alloc a 64; release a; alloc b 1; handover b
t1      tombstone a; cancel a; free b; bytes a; coa a; metrics; blocks; stop
task2   evict fail; evict panic context; evictn 2 { bytes a; evict { metrics } }; drain; allocevict c 64 fail
t3      alloc d 64 worker; release d; free d worker; allocevict e 64 worker panic context { metrics }; closeworker
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
		"program p\n" + ring + "t1 fly":                                                   `line 3: found "fly"; expected an operation: alloc, release,`,
		"program p\n" + ring + "t1 alloc a":                                               `line 3: found no more; expected a number`,
		"program p\n" + ring + "t1 alloc a ten":                                           `line 3: found "ten"; expected a number`,
		"program p\n" + ring + "t1 alloc a -1":                                            `line 3: found "-1"; expected a number`,
		"program p\n" + ring + "t1 bytes":                                                 `line 3: found no more; expected a variable after bytes`,
		"program p\n" + ring + "t1 evict { bytes a":                                       `line 3: found no more; expected a brace that closes the body of evict`,
		"program p\n" + ring + "t1 evict }":                                               `line 3: found "}"; expected a semicolon or the end of the line`,
		"program p\n" + ring + "t1 evict evict":                                           `line 3: found "evict"; expected a semicolon`,
		"program p\nring 512 apples\n":                                                    `line 2: found "512 apples"; expected a property of a ring`,
		"program p\nring 512 bytes, classes 6x4\n":                                        `line 2: found "6x4"; expected a number`,
		"program p\n\n" + ring + ring:                                                     `line 4: found a second line "ring"; expected one`,
		"program p\n" + ring + "t1 evict\nt1 evict":                                       `line 4: found a second line "t1"; expected one`,
		ring + "t1 evict":                                                                 `it has no name`,
		"program p\n" + ring:                                                              `it has 0 tasks`,
		"program p\nring 512 bytes, classes 65\nt1 evict":                                 `Config.Classes has 65`,
		"program p\nring 2000000000 bytes\nt1 evict":                                      `its ring has 2000000000 bytes; must have 1048576 at most`,
		"program ../p\n" + ring + "t1 evict":                                              `its name must be fit for a directory`,
		"program p\n" + ring + "main evict":                                               `two tasks are called "main"`,
		"program p\n" + ring + "setup close\nt1 evict":                                    `closes the buffer before the tasks begin`,
		"program p\n" + ring + "setup alloc a 64; handover a; free a\nt1 close\nt2 drain": `tasks may close the buffer, or evict several`,
		"program p\nring 512 bytes, classes 64 128\nt1 close\nt2 drain":                   `unless no block can be dead`,
		"program p\nring 192 bytes, classes 128\nt1 close\nt2 drain":                      `unless no block can be dead`,
		"program p\n" + ring + "t1 release a worker":                                      `line 3: found "worker"; expected a semicolon`,
		"program p\n" + ring + "t1 closeworker 1":                                         `line 3: found "1"; expected a semicolon`,
		"program p\nring 512 bytes, batch x\n":                                            `line 2: found "x"; expected a number`,
		"program p\nring 512 bytes, worker bytes x\n":                                     `line 2: found "x"; expected a number`,
		"program p\nring 512 bytes, worker 7\n":                                           `line 2: found "worker 7"; expected a property of a ring`,
		"program p\n" + ring + "t1 bytes a":                                               `variable "a" is given its value 0 times`,
		"program p\n" + ring + "t1 alloc a 1; allocevict a 1":                             `variable "a" is given its value 2 times`,
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
	}
	assert.Panics(t, func() { MustParse("") })
}

func TestLoadProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	_, err := LoadProgram(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	const rest = "ring 512 bytes, classes 64\nt1 evict\n"
	for text, want := range map[string]string{
		"program p\n" + rest + "end 3\n":       "",
		"program p\n" + rest + "\n# c\nend 3":  "",
		"program p\n" + rest:                   path + `:4: found the end; expected the rest: a whole file has a last line, after 3 lines it would be "end 3"`,
		"program p\n" + rest + "end 4\n":       path + `:4: found "end 4"; expected "end 3", the number of lines before it`,
		"program p\n" + rest + "end\n":         path + `:4: found "end" and 0 words; expected "end 3"`,
		"program p\n" + rest + "end 3\nt2\n":   path + `:5: found "t2"; expected nothing behind the last line`,
		"# a comment\nprogram p\nring 5\n":     path + `:3: found "5"; expected a property of a ring`,
		rest + "end 2":                         path + `: scenario: program "": it has no name`,
		strings.Repeat("#", maxProgramBytes+1): path + `: found more text; expected a program of at most 1048576 bytes`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		_, err := LoadProgram(path)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
}

// LoadProgram reads what FileText returns.
func TestFileText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	for _, p := range Suite() {
		require.NoError(t, os.WriteFile(path, []byte(p.FileText()), 0o666))
		again, err := LoadProgram(path)
		require.NoError(t, err)
		require.Equal(t, p, again)
		again, err = Parse(p.FileText())
		require.NoError(t, err)
		require.Equal(t, p, again)
	}
}

// A task has a Worker if an operation of it, or of one of its callbacks, uses or closes one.
func TestWhoHasAWorker(t *testing.T) {
	for text, want := range map[string][]bool{
		"t1 metrics\nt2 metrics":                           {false, false, false},
		"t1 alloc c 1 worker\nt2 metrics":                  {false, true, false},
		"t1 metrics\nt2 evict { evict { free a worker } }": {false, false, true},
		"t1 closeworker\nt2 metrics\nafter free a worker":  {true, true, false},
		"setup allocevict b 1 worker\nt1 free a\nt2 evict": {true, false, false},
	} {
		p := MustParse("program p\nring 512 bytes, classes 64\n" + text + "\nt3 alloc a 1")
		c, err := p.Compile()
		require.NoError(t, err)
		assert.Equal(t, append(want, false), c.Workers, text)
	}
}

// Without a word about them, batches and Workers are what the buffer makes of the size of
// the ring.
func TestDefaultsOfBatchesAndWorkers(t *testing.T) {
	for capacity, want := range map[int][2]int{512: {0, 8}, 1 << 13: {2, 128}, 1 << 20: {16, 1 << 14}} {
		r := Ring{Capacity: capacity, Classes: []int{64}}
		assert.Equal(t, want, [2]int{r.Model().Batch, r.KeptBytes()})
		r.EvictBatch, r.WorkerBytes = 3, 64
		assert.Equal(t, [2]int{3, 64}, [2]int{r.Model().Batch, r.KeptBytes()})
	}
}

// A name that the text form cannot hold is refused, and so is one that no directory can
// have.
func TestNamesOfPrograms(t *testing.T) {
	for _, name := range []string{"end", "setup", "after", "program", "about", "ring", "", "a b", "#a", "a\nb", "a\x1b[1m", "\u202ea", "\xff", strings.Repeat("x", 5000)} {
		p := MustParse("program p\nring 512 bytes, classes 64\nt1 evict")
		p.Tasks[0].Name = name
		assert.ErrorContains(t, p.Validate(), "cannot be the name of a task", "%.20q", name)
	}
	p := MustParse("program p\nring 512 bytes, classes 64\nt1 evict")
	p.Name = strings.Repeat("x", 201)
	assert.ErrorContains(t, p.Validate(), "its name has 201 bytes; must have 200 at most")
	for _, name := range []string{"a\x1b[1m", "\u202ea", "a\nb", "\xff"} {
		p.Name = name
		assert.ErrorContains(t, p.Validate(), "its name must be fit for a directory")
		p.Name, p.About = "p", name
		assert.ErrorContains(t, p.Validate(), "and what it is about for a terminal")
		p.About = ""
		q := MustParse("program p\nring 512 bytes, classes 64\nt1 alloc a 64")
		q.Tasks[0].Ops[0].Var = name
		assert.ErrorContains(t, q.Validate(), "cannot be the name of a variable")
	}
}

// A suite that was cut short is noticed.
func TestSuiteIsWhole(t *testing.T) {
	assert.Panics(t, func() { parseSuite(strings.Join(strings.Split(suiteText, "\n\n")[:20], "\n\n")) })
	blocks := strings.Split(suiteText, "\n\n")
	assert.Panics(t, func() { parseSuite(strings.Join(slices.Delete(blocks, 3, 4), "\n\n")) })
}

// A task without operations is still a task.
func TestTextFormOfATaskWithoutOperations(t *testing.T) {
	p := MustParse("program p\nring 512 bytes, classes 64\nt1\nt2 evict")
	assert.Len(t, p.Tasks, 2)
	again, err := Parse(p.String())
	require.NoError(t, err)
	assert.Equal(t, p, again)
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
