package mutants_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"annulus/fuzz/mutants"

	"github.com/stretchr/testify/require"
)

// root is the root of the module.
var root = filepath.Join("..", "..")

// Every mutant has a name of its own, says what is wrong, how it shows and what is
// to be learnt, and half of the slips need a preemption; every part of the buffer
// has some. A hazard of the original has its number in its name.
func TestCatalogue(t *testing.T) {
	require.GreaterOrEqual(t, len(mutants.All()), 50)
	names, areas, slips, preempted := map[string]bool{}, map[mutants.Area]int{}, 0, 0
	for _, m := range mutants.All() {
		hazard := regexp.MustCompile(`^h[0-9]+`).FindString(m.Name)
		planted := hazard != ""
		if planted {
			require.Equal(t, strings.ToUpper(hazard), m.Hazard, m.Name)
		} else if m.Witness == "" {
			slips++
		}
		require.Regexp(t, regexp.MustCompile(`^(h[0-9]+|[a-z]+)(-[a-z]+)+$`), m.Name)
		require.Regexp(t, regexp.MustCompile(`^["A-Z].{40,}\.$`), m.Lesson, "the lesson of %s", m.Name)
		require.False(t, names[m.Name], "%s is there twice", m.Name)
		names[m.Name] = true
		areas[m.Area]++
		require.NotEmpty(t, m.Slip, m.Name)
		require.NotEmpty(t, m.Shows, m.Name)
		require.Positive(t, m.Tasks, m.Name)
		require.NotEmpty(t, m.Edits, m.Name)
		require.Contains(t, []mutants.Judge{"", mutants.UnitTests, mutants.Stress}, m.Witness, m.Name)
		if m.Preemptions > 0 {
			require.Greater(t, m.Tasks, 1, m.Name)
			if !planted {
				preempted++
			}
		}
	}
	require.GreaterOrEqual(t, 2*preempted, slips, "at least half of those that a schedule shows need a preemption")
	for _, area := range []mutants.Area{
		mutants.Alloc, mutants.Free, mutants.Tombstone, mutants.Evict, mutants.Head, mutants.Set, mutants.Batch, mutants.Workers,
		mutants.Drain, mutants.Guard, mutants.Access, mutants.Close,
	} {
		require.Positive(t, areas[area], area)
	}
	require.Len(t, areas, 12)
}

// Every hazard of the original is either planted, and then the table leads to what
// its schedule shows, or the table says why no schedule can show it.
func TestEveryHazardIsPlantedOrArgued(t *testing.T) {
	planted := map[string][]string{}
	for _, m := range mutants.All() {
		switch {
		case m.Hazard == "":
		case m.Witness != "":
			planted[m.Hazard] = append(planted[m.Hazard], fmt.Sprintf("`%s`, by %s", m.Name, m.Witness))
		default:
			planted[m.Hazard] = append(planted[m.Hazard], fmt.Sprintf("[%s](traces/%[1]s.md)", m.Name))
		}
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "hazards.md"))
	require.NoError(t, err)
	for number := 1; number <= 28; number++ {
		id := fmt.Sprintf("H%d", number)
		rows := regexp.MustCompile(`(?m)^\| `+id+` .* \| (.+) \|$`).FindAllStringSubmatch(string(page), -1)
		require.Len(t, rows, 1, id)
		if names := planted[id]; names != nil {
			require.Equal(t, strings.Join(names, ", "), rows[0][1], id)
			delete(planted, id)
		} else {
			require.Regexp(t, `^no: .{20,}`, rows[0][1], id)
		}
	}
	require.Empty(t, planted, "planted, and not in the table")
}

// Every edit matches exactly once, changes the file and leaves a package that
// compiles.
func TestMutantsApplyAndCompile(t *testing.T) {
	dir := filepath.Join(".annulus", fmt.Sprintf("catalogue-test-%d", os.Getpid()))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(filepath.Join(root, dir))) })
	for _, m := range mutants.All() {
		overlay, err := m.WriteOverlay(root, filepath.Join(dir, m.Name))
		require.NoError(t, err)
		for file, text := range replaced(t, overlay) {
			original, err := os.ReadFile(filepath.Join(root, file))
			require.NoError(t, err)
			require.NotEqual(t, string(original), text, m.Name)
		}
	}
	if testing.Short() {
		return
	}
	overlay, alone, err := mutants.WriteTogether(root, filepath.Join(dir, "together"), mutants.All())
	require.NoError(t, err)
	require.Less(t, len(alone), 5, "each of them has to be built by itself")
	overlays := []string{overlay}
	for _, m := range alone {
		overlays = append(overlays, filepath.Join(dir, m.Name, "overlay.json"))
	}
	for _, overlay := range overlays {
		cmd := exec.Command("go", "build", "-overlay", overlay, "./buffer")
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

// replaced returns the files that an overlay replaces, with their new content.
func replaced(t *testing.T, overlay string) map[string]string {
	var content struct{ Replace map[string]string }
	data, err := os.ReadFile(filepath.Join(root, overlay))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &content))
	require.NotEmpty(t, content.Replace)
	texts := map[string]string{}
	for file, mutated := range content.Replace {
		text, err := os.ReadFile(filepath.Join(root, mutated))
		require.NoError(t, err)
		texts[file] = string(text)
	}
	return texts
}

// Edits of one file add up; a text that is not there, or twice, is an error.
func TestApply(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f.go"), []byte("one two two three"), 0o644))
	apply := func(edits ...mutants.Edit) (string, error) {
		changed, err := mutants.Mutant{Name: "m", Edits: edits}.Apply(dir)
		return changed["f.go"], err
	}
	text, err := apply(mutants.Edit{"f.go", "one", "1"}, mutants.Edit{"f.go", "1 two", "1 2"})
	require.NoError(t, err)
	require.Equal(t, "1 2 two three", text)
	_, err = apply(mutants.Edit{"f.go", "two", "2"})
	require.ErrorContains(t, err, "matches 2 times")
	_, err = apply(mutants.Edit{"f.go", "four", "4"})
	require.ErrorContains(t, err, "matches 0 times")
	_, err = apply(mutants.Edit{"g.go", "one", "1"})
	require.ErrorIs(t, err, os.ErrNotExist)
}

func ExampleMutant_Apply() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "sum.go"), []byte("func sum(a, b int) int { return a + b }"), 0o644); err != nil {
		panic(err)
	}
	m := mutants.Mutant{
		Name:  "sum-subtracts",
		Slip:  "the operator is mistyped",
		Edits: []mutants.Edit{{File: "sum.go", Old: "a + b", New: "a - b"}},
	}
	changed, err := m.Apply(dir)
	fmt.Println(strings.TrimSpace(changed["sum.go"]), err)
	// Output: func sum(a, b int) int { return a - b } <nil>
}
