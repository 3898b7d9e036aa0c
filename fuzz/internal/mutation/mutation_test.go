package mutation

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const source = `package p

func (r *ring) take(n int) (int, bool) {
	if n < 2 && r.open {
		r.drop(n)
	}
	for i := range n {
		r.sum += i
		break
	}
	switch {
	case n == 3:
		panic("three")
	}
	return r.sum, true
}
`

// Every kind of slip, at its place.
func TestFind(t *testing.T) {
	list, err := Find("p.go", []byte(source))
	require.NoError(t, err)
	var lines []string
	for _, m := range list {
		require.Equal(t, "ring.take", m.Func)
		lines = append(lines, strings.TrimPrefix(m.String(), "p.go:"))
	}
	require.Equal(t, []string{
		"4 condition: n < 2 && r.open → (true || (n < 2 && r.open))",
		"4 condition: n < 2 && r.open → (false && (n < 2 && r.open))",
		"4 operand: n < 2 → (true || (n < 2))",
		"4 compare: < → <=",
		"4 number: 2 → 3",
		"4 number: 2 → 1",
		"4 operand: r.open → (true || (r.open))",
		"5 statement: r.drop(n) → _ = func() { r.drop(n) }",
		"8 statement: r.sum += i → _ = func() { r.sum += i }",
		"8 compute: += → -=",
		"9 statement: break → {}",
		"12 condition: n == 3 → (true || (n == 3))",
		"12 condition: n == 3 → (false && (n == 3))",
		"12 number: 3 → 4",
		"12 number: 3 → 2",
		"13 statement: panic(\"three\") → _ = func() { panic(\"three\") }; panic(nil)",
		"15 result: r.sum → func(int) int { return *new(int) }(r.sum)",
		"15 result: true → !(true)",
	}, lines)
	require.Equal(t, "r.drop(n)", list[7].Text)
	require.Contains(t, string(list[9].Apply([]byte(source))), "r.sum -= i")
	_, err = Find("p.go", []byte("package"))
	require.ErrorContains(t, err, "mutation: p.go:1")
}

// Whatever is found in the packages that slips are made in can be parsed again,
// and differs from the source.
func TestMutationsParse(t *testing.T) {
	seen := map[Operator]int{}
	for _, dir := range []string{"buffer", "model"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "..", dir, "*.go"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			list, err := Find(file, source)
			require.NoError(t, err)
			for i, m := range list {
				if seen[m.Operator]++; i%10 != 0 {
					continue // parsing a file for each takes long
				}
				changed := m.Apply(source)
				require.False(t, bytes.Equal(source, changed), m)
				_, err := parser.ParseFile(token.NewFileSet(), file, changed, 0)
				require.NoError(t, err, m)
			}
		}
	}
	for _, op := range Operators {
		require.Positive(t, seen[op], op)
	}
}

// All mutations of functions in one file: each line of it is about the one whose
// copy it belongs to.
func TestCombine(t *testing.T) {
	const source = "package p\n\nconst size = 8\n\nfunc f(a int) int {\n\treturn a + 1\n}\n\nfunc g() {\n\tx--\n}\n"
	list, err := Find("p.go", []byte(source))
	require.NoError(t, err)
	var numbered []Numbered
	alone := 0
	for i, m := range list {
		if m.Alone() {
			alone++
			require.Equal(t, 3, m.Line)
			continue
		}
		numbered = append(numbered, Numbered{m, i + 1})
	}
	require.Equal(t, 2, alone)
	content, lines := Combine([]byte(source), numbered)
	_, err = parser.ParseFile(token.NewFileSet(), "p.go", content, 0)
	require.NoError(t, err, string(content))
	text := strings.Split(string(content), "\n")
	require.Len(t, lines, len(text))
	for number, line := range text {
		switch strings.TrimSpace(line) {
		case "return a - 1", "x++":
			require.Equal(t, Compute, list[lines[number+1]-1].Operator, line)
		case "return a + 1", "x--":
			require.Contains(t, []int{0}, lines[number+1], line)
		}
	}
	require.Contains(t, string(content), "switch mutationMade {\ncase 3:\n")
}
