package mutation

import (
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
			for _, m := range list {
				seen[m.Operator]++
				changed := m.Apply(source)
				require.NotEqual(t, string(source), string(changed), m)
				_, err := parser.ParseFile(token.NewFileSet(), file, changed, 0)
				require.NoError(t, err, m)
			}
		}
	}
	for _, op := range Operators {
		require.Positive(t, seen[op], op)
	}
}
