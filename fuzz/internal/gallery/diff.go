package gallery

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"annulus/fuzz/mutants"
)

// around is how many lines a diff shows before and behind each change.
const around = 2

// diff returns what the mutant changes, file by file, as lines that begin with -, +
// or a space. In the place of line numbers, which move, stands the function.
func diff(root string, m mutants.Mutant) (string, error) {
	changed, err := m.Apply(root)
	if err != nil {
		return "", err
	}
	var files []string
	for _, e := range m.Edits {
		if !slices.Contains(files, e.File) {
			files = append(files, e.File)
		}
	}
	var b strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return "", err
		}
		b.WriteString("--- " + file + "\n")
		write(&b, compare(strings.Split(string(text), "\n"), strings.Split(changed[file], "\n")))
	}
	return b.String(), nil
}

// line is one of a diff: what happened to it is '-', '+' or ' '.
type line struct {
	what byte
	text string
}

// compare returns a shortest list of lines that leads from before to after.
func compare(before, after []string) []line {
	// common[i][k] is the length of a longest common part of before[i:], after[k:].
	common := make([][]int, len(before)+1)
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for k := len(after) - 1; k >= 0; k-- {
			if before[i] == after[k] {
				common[i][k] = common[i+1][k+1] + 1
			} else {
				common[i][k] = max(common[i+1][k], common[i][k+1])
			}
		}
	}
	var lines []line
	for i, k := 0, 0; i < len(before) || k < len(after); {
		switch {
		case i < len(before) && k < len(after) && before[i] == after[k]:
			lines = append(lines, line{' ', before[i]})
			i, k = i+1, k+1
		case i < len(before) && (k == len(after) || common[i+1][k] >= common[i][k+1]):
			lines = append(lines, line{'-', before[i]})
			i++
		default:
			lines = append(lines, line{'+', after[k]})
			k++
		}
	}
	return lines
}

// write writes the changes with a few lines around each, and before lines that do
// not follow the last ones the function that they are in.
func write(b *strings.Builder, lines []line) {
	function, written := "", 0
	for i, l := range lines {
		if strings.HasPrefix(l.text, "func ") {
			function = strings.TrimSuffix(l.text, " {")
		}
		near := lines[max(0, i-around):min(len(lines), i+around+1)]
		if !slices.ContainsFunc(near, func(l line) bool { return l.what != ' ' }) {
			continue
		}
		if written != i || i == 0 {
			b.WriteString(strings.TrimRight("@@ "+function, " ") + "\n")
		}
		written = i + 1
		b.WriteString(strings.TrimRight(string(l.what)+l.text, " ") + "\n")
	}
}
