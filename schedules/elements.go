package schedules

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"annulus/schedules/internal/hook"
	"annulus/schedules/trace"
)

// Elements of arrays and slices are known by words such as x[i], the same for all of
// them. What i was is not seen, but where it can be told the element is named by it: the
// source says x[2], or a loop counts i up from 0 and uses each element once, or the
// element lies on one line with others that are known, or the struct that has the array
// is declared beside it and another field's address is known. Otherwise the elements are
// numbered as they are used, in words that nobody takes for an index.

// element is an object as an element: words such as rows[i].lock are the array
// rows, the index i and the rest .lock.
type element struct {
	array, index, rest string
}

// elementIn splits words that have one index.
func elementIn(words string) (element, bool) {
	array, rest, found := strings.Cut(words, "[")
	index, rest, closed := strings.Cut(rest, "]")
	if !found || !closed || strings.ContainsAny(index+rest, "[]") {
		return element{}, false
	}
	return element{array, index, rest}, true
}

// of returns what all elements have in common: the last name of the array and the rest.
func (e element) of() element {
	return element{array: e.array[strings.LastIndexByte(e.array, '.')+1:], rest: e.rest}
}

// elements gives elements their names, as far as the execution has come. It can be
// called again when that has gone on.
func (r *recorder) elements() {
	now := len(r.trace.Events) + len(r.trace.Objects)
	if r.named == now {
		return
	}
	r.named = now
	n := &r.names
	groups := map[string][]*object{}
	for o, words := range n.words {
		if _, ok := elementIn(words); ok {
			groups[words] = append(groups[words], o)
		}
	}
	if len(groups) == 0 {
		return
	}
	known := r.indexes()
	for words, objects := range groups {
		e, _ := elementIn(words)
		slices.SortFunc(objects, func(a, b *object) int { return cmp.Compare(a.id, b.id) })
		indexes := known[e.of()].complete(objects)
		if len(indexes) == 0 {
			indexes = layoutOf(r.first(objects[0])).spanned(e, objects)
		}
		for k, o := range objects {
			name := words
			if i, ok := indexes[o]; ok {
				name = e.array + "[" + strconv.Itoa(i) + "]" + e.rest
			} else if len(objects) > 1 {
				name = words + " " + ordinal(k+1)
			}
			n.by[o] = name
			if i, ok := r.objects[o]; ok {
				r.trace.Objects[i].Name = name
			}
		}
	}
}

// ordinal is the number as 1st, 2nd and so on.
func ordinal(n int) string {
	end := "th"
	if n%100/10 != 1 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}

// indexes are those of the elements of one array, as far as they are known; nil if what
// is known does not fit together.
type indexes map[*object]int

// note adds an index, and reports whether it fits.
func (x indexes) note(o *object, i int) bool {
	if before, ok := x[o]; ok {
		return before == i
	}
	x[o] = i
	return true
}

// complete returns the indexes of the objects: those that are known, and, if there are
// two, those of others that lie on one line with them. It returns nil if two objects have
// one index.
func (x indexes) complete(objects []*object) indexes {
	known := slices.SortedFunc(maps.Keys(x), func(a, b *object) int { return cmp.Compare(x[a], x[b]) })
	taken := map[int]bool{}
	for _, o := range known {
		if taken[x[o]] {
			return nil
		}
		taken[x[o]] = true
	}
	all := indexes{}
	for _, o := range objects {
		if i, ok := x[o]; ok {
			all[o] = i
		}
	}
	if len(known) < 2 {
		return all
	}
	address := func(o *object) int { return int(uintptr(o.at)) }
	first, last := known[0], known[len(known)-1]
	stride := (address(last) - address(first)) / (x[last] - x[first])
	for _, o := range objects {
		if _, ok := all[o]; ok || stride <= 0 {
			continue
		}
		away := address(o) - address(first)
		if i := x[first] + away/stride; away%stride == 0 && i >= 0 && !taken[i] {
			all[o], taken[i] = i, true
		}
	}
	return all
}

// spanned returns the indexes of all elements of an array of which the source tells how
// many there are, if these are all, nil if not.
func (l *layout) spanned(e element, objects []*object) indexes {
	step, length, ok := l.whole(e.of().array, e.rest)
	if !ok || len(objects) != length {
		return nil
	}
	address := func(o *object) uintptr { return uintptr(o.at) }
	first := address(slices.MinFunc(objects, func(a, b *object) int { return cmp.Compare(address(a), address(b)) }))
	all := indexes{}
	for _, o := range objects {
		i := int(address(o)-first) / step
		if int(address(o)-first)%step != 0 || i >= length {
			return nil
		}
		all[o] = i
	}
	return all
}

// indexes finds out what the source and the order of events say of indexes.
func (r *recorder) indexes() map[element]indexes {
	found := map[element]indexes{}
	spoilt := map[element]bool{}
	type loop struct{ task, place int }
	type use struct {
		place int
		op    string
	}
	type said struct {
		words  string
		counts bool
	}
	lines := map[use]*said{}       // what the source says of the object there
	rounds := map[loop][]*object{} // objects of the loop's present run
	objects := make([]*object, len(r.trace.Objects))
	for o, i := range r.objects {
		objects[i] = o
	}
	places := make([]place, len(r.trace.Places))
	for p, i := range r.places {
		places[i] = p
	}
	note := func(key element, o *object, i int) {
		if found[key] == nil {
			found[key] = indexes{}
		}
		spoilt[key] = spoilt[key] || !found[key].note(o, i)
	}
	fields := map[*object]string{} // words of objects that are no elements
	for i := range r.trace.Events {
		ev := &r.trace.Events[i]
		if ev.Object == trace.None || ev.Place == trace.None || ev.Kind == trace.Pending {
			continue
		}
		o, line := objects[ev.Object], lines[use{ev.Place, ev.Op}]
		if line == nil {
			where, op := places[ev.Place], cmp.Or(methods[ev.Op], ev.Op)
			line = &said{words: receiver(sourceLine(where.file, where.line), op)}
			line.counts = countsUp(where.file, where.line, line.words, op)
			lines[use{ev.Place, ev.Op}] = line
		}
		words := line.words
		e, ok := elementIn(words)
		if !ok && words != "" {
			fields[o] = words
		}
		if !ok || o.name != "" || ev.Op == opNames[hook.WriteLock] || ev.Op == opNames[hook.CondAwake] { // Lock and Wait were before
			continue
		}
		index, err := strconv.Atoi(e.index)
		switch {
		case err == nil:
		case line.counts:
			at := loop{ev.Task, ev.Place}
			if run := rounds[at]; len(run) > 0 && run[0] == o {
				rounds[at] = nil
			}
			rounds[at] = append(rounds[at], o)
			run := rounds[at]
			index = len(run) - 1
			if index > 1 && uintptr(run[index].at)-uintptr(run[index-1].at) != uintptr(run[1].at)-uintptr(run[0].at) {
				spoilt[e.of()] = true // it may be the array of another round of something else
			}
		default:
			continue
		}
		note(e.of(), o, index)
	}
	for o, words := range r.names.words {
		e, ok := elementIn(words)
		if !ok {
			continue
		}
		l := layoutOf(r.first(o))
		owner := e.array[:strings.LastIndexByte(e.array, '.')+1]
		for sibling, text := range fields {
			field, ok := strings.CutPrefix(text, owner)
			if i, fits := l.place(e.of().array, e.rest, field, uintptr(o.at), uintptr(sibling.at)); ok && fits {
				note(e.of(), o, i)
			}
		}
	}
	for key := range spoilt {
		if spoilt[key] {
			found[key] = nil
		}
	}
	return found
}

// first returns the source file where the object was used first.
func (r *recorder) first(o *object) string {
	for p, i := range r.places {
		if i == r.trace.Objects[r.objects[o]].First {
			return p.file
		}
	}
	return ""
}

// parsed keeps the syntax of source files, nil of those that have none.
var parsed sync.Map

type syntax struct {
	set  *token.FileSet
	file *ast.File
}

func syntaxOf(file string) *syntax {
	if s, ok := parsed.Load(file); ok {
		return s.(*syntax)
	}
	var s *syntax
	set := token.NewFileSet()
	if lines := sourceLines(file); lines != nil {
		if f, err := parser.ParseFile(set, file, strings.Join(lines, "\n"), parser.SkipObjectResolution); err == nil {
			s = &syntax{set, f}
		}
	}
	parsed.Store(file, s)
	return s
}

// countsUp reports whether the operation on words such as x[i] in this line is performed
// once in every round of a loop in which i begins with 0 and is one more in each.
func countsUp(file string, line int, words, op string) bool {
	s := syntaxOf(file)
	e, ok := elementIn(words)
	if s == nil || !ok || !token.IsIdentifier(e.index) {
		return false
	}
	counts := false
	ast.Inspect(s.file, func(n ast.Node) bool {
		var body *ast.BlockStmt
		switch n := n.(type) {
		case *ast.RangeStmt:
			if isNamed(n.Key, e.index) && n.Tok == token.DEFINE && s.isCount(n.X, e.array) {
				body = n.Body
			}
		case *ast.ForStmt:
			if startsAtZero(n, e.index) {
				body = n.Body
			}
		}
		if body != nil && s.everyRound(body, line, words, op) {
			counts = true
		}
		return true
	})
	return counts
}

func isNamed(x ast.Expr, name string) bool {
	id, ok := x.(*ast.Ident)
	return ok && id.Name == name
}

// isCount reports whether range over x counts from 0: x is the array itself, a number,
// or a length.
func (s *syntax) isCount(x ast.Expr, array string) bool {
	switch x := x.(type) {
	case *ast.BasicLit:
		return x.Kind == token.INT
	case *ast.CallExpr:
		return isNamed(x.Fun, "len")
	}
	return textOf(x) == array
}

// startsAtZero reports whether the loop is for name := 0; …; name++.
func startsAtZero(f *ast.ForStmt, name string) bool {
	init, ok := f.Init.(*ast.AssignStmt)
	if !ok || len(init.Lhs) != 1 || !isNamed(init.Lhs[0], name) || init.Tok != token.DEFINE {
		return false
	}
	zero, ok := init.Rhs[0].(*ast.BasicLit)
	post, up := f.Post.(*ast.IncDecStmt)
	return ok && up && zero.Value == "0" && post.Tok == token.INC && isNamed(post.X, name)
}

// everyRound reports whether the loop with the body comes to the operation once in every
// round: a statement of the body begins with it, nothing before it goes on to the next
// round, and nothing changes the index.
func (s *syntax) everyRound(body *ast.BlockStmt, line int, words, op string) bool {
	e, _ := elementIn(words)
	changed := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			changed = changed || slices.ContainsFunc(n.Lhs, func(x ast.Expr) bool { return isNamed(x, e.index) })
		case *ast.IncDecStmt:
			changed = changed || isNamed(n.X, e.index)
		}
		return true
	})
	if changed {
		return false
	}
	for _, stmt := range body.List {
		if s.begins(stmt, line, words, op) {
			return true
		}
		skips := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			_, branch := n.(*ast.BranchStmt)
			skips = skips || branch
			return true
		})
		if skips {
			return false
		}
	}
	return false
}

// begins reports whether the operation is part of the statement, and performed whenever
// the statement is, and no other time.
func (s *syntax) begins(stmt ast.Stmt, line int, words, op string) bool {
	times := 0
	var look func(n ast.Node) bool
	look = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.CaseClause, *ast.CommClause, *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.IfStmt:
			if n.Init != nil {
				ast.Inspect(n.Init, look)
			}
			ast.Inspect(n.Cond, look)
			return false
		case *ast.BinaryExpr:
			if n.Op == token.LAND || n.Op == token.LOR {
				ast.Inspect(n.X, look)
				return false
			}
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if ok && f.Sel.Name == op && textOf(f.X) == words && s.set.Position(f.Sel.Pos()).Line == line {
				times++
			}
		}
		return true
	}
	ast.Inspect(stmt, look)
	return times == 1
}

// textOf writes out names, selections and indexes as the source has them, and of other
// expressions "".
func textOf(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return fmt.Sprintf("%s.%s", textOf(x.X), x.Sel.Name)
	case *ast.IndexExpr:
		return fmt.Sprintf("%s[%s]", textOf(x.X), textOf(x.Index))
	case *ast.BasicLit:
		return x.Value
	}
	return ""
}
