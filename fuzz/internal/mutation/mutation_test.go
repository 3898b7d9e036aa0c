package mutation

import (
	"bytes"
	"fmt"
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

// All versions of a file in one: what each changes in functions can be chosen, places
// stay what they are, and what cannot be chosen is left out.
func TestCombine(t *testing.T) {
	const source = "package p\n\nconst size = 8\n\nfunc f(a int) int {\n\treturn a + 1\n}\n\nfunc (r *ring) g() {\n\tx--\n}\n"
	var versions []Version
	edit := func(old, text string, more ...string) {
		require.Contains(t, source, old)
		content := strings.Replace(source, old, text, 1) + strings.Join(more, "")
		versions = append(versions, Version{len(versions) + 1, fmt.Sprintf("mutation%d/p.go", len(versions)+1), []byte(content)})
	}
	edit("a + 1", "a - 1")
	edit("x--", "\n\tx++")
	edit("= 8", "= 9")
	edit("a + 1", "fmt.Sprint(help(a))")
	versions[3].Content = bytes.Replace(versions[3].Content, []byte("\n"), []byte("\nimport \"fmt\"\n"), 1)
	versions[3].Content = append(versions[3].Content, "\nfunc help(a int) int { return a }\n"...)
	edit("x--", "help()", "\nfunc help() {}\n")
	edit("f(a int) int", "f(a int) (b int)")
	edit("x--", "again: for {\nbreak again\n}")
	content, alone, err := Combine("p.go", []byte(source), versions)
	require.NoError(t, err)
	require.Equal(t, []int{3, 5, 6, 7}, alone)
	require.Equal(t, `package p; import "fmt"

const size = 8

func f(a int) int { switch mutationMade {
case 1:
//line mutation1/p.go:5

	return a - 1

case 4:
//line mutation4/p.go:6

	return fmt.Sprint(help(a))

}
//line p.go:5

	return a + 1
}

func (r *ring) g() { switch mutationMade {
case 2:
//line mutation2/p.go:9

	
	x++

return
}
//line p.go:9

	x--
}

//line mutation4/p.go:14
func help(a int) int { return a }
`, string(content))
	_, err = parser.ParseFile(token.NewFileSet(), "p.go", content, 0)
	require.NoError(t, err)
	_, _, err = Combine("p.go", []byte("package"), nil)
	require.ErrorContains(t, err, "mutation: p.go:1")
	_, _, err = Combine("p.go", []byte(source), []Version{{7, "seven.go", []byte("package p\nfunc")}})
	require.ErrorContains(t, err, "mutation: seven.go:2")
}
