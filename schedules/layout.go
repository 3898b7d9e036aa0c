package schedules

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	stdatomic "sync/atomic"
	"unsafe"
)

// layout knows where the fields of a package's structs lie, as far as its source alone
// tells: from the address of one field follows which element of an array beside it
// another address is.
type layout struct {
	types  map[string]ast.Expr         // by the names of the package's types
	consts map[string]int              // that are written as numbers
	arrays map[string][]arrayIn        // fields that are arrays, by their names
	vars   map[string][]*ast.ArrayType // types of other arrays, by the names of variables
}

// arrayIn is a field of a struct that is an array.
type arrayIn struct {
	in  *ast.StructType
	typ *ast.ArrayType
}

// layouts keeps the layouts of directories.
var layouts sync.Map

// layoutOf returns the layout of the package that the file belongs to.
func layoutOf(file string) *layout {
	dir := filepath.Dir(file)
	if l, ok := layouts.Load(dir); ok {
		return l.(*layout)
	}
	l := &layout{map[string]ast.Expr{}, map[string]int{}, map[string][]arrayIn{}, map[string][]*ast.ArrayType{}}
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well-formed but for odd names, which have no files then
	for _, f := range files {
		if s := syntaxOf(f); s != nil {
			ast.Inspect(s.file, l.note)
		}
	}
	layouts.Store(dir, l)
	return l
}

// note takes what a declaration says.
func (l *layout) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if _, twice := l.types[n.Name.Name]; twice || n.TypeParams != nil {
			l.types[n.Name.Name] = &ast.BadExpr{} // which one it is cannot be told
		} else {
			l.types[n.Name.Name] = n.Type
		}
	case *ast.StructType:
		for _, f := range n.Fields.List {
			for _, name := range f.Names {
				if typ, ok := f.Type.(*ast.ArrayType); ok {
					l.arrays[name.Name] = append(l.arrays[name.Name], arrayIn{n, typ})
				}
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if typ, ok := n.Type.(*ast.ArrayType); ok {
				l.vars[name.Name] = append(l.vars[name.Name], typ)
			}
			if i < len(n.Values) {
				if v, ok := l.number(n.Values[i]); ok {
					l.consts[name.Name] = v
				}
			}
		}
	}
	return true
}

// number returns the value of an expression that is a number or a constant.
func (l *layout) number(x ast.Expr) (int, bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		n, err := strconv.Atoi(x.Value)
		return n, err == nil
	case *ast.Ident:
		n, ok := l.consts[x.Name]
		return n, ok
	}
	return 0, false
}

// extent is how much room a type takes.
type extent struct{ size, align int }

// pointerSize is the size of pointers, in bytes.
const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// extents are those of types that are not declared in the package.
var extents = map[string]extent{
	"bool": {1, 1}, "int8": {1, 1}, "uint8": {1, 1}, "byte": {1, 1}, "int16": {2, 2}, "uint16": {2, 2},
	"int32": {4, 4}, "uint32": {4, 4}, "rune": {4, 4}, "float32": {4, 4},
	"int": {pointerSize, pointerSize}, "uint": {pointerSize, pointerSize}, "uintptr": {pointerSize, pointerSize}, "string": {2 * pointerSize, pointerSize}, "error": {2 * pointerSize, pointerSize}, "any": {2 * pointerSize, pointerSize},
	"int64": of[int64](), "uint64": of[uint64](), "float64": of[float64](),
	"atomic.Bool": of[stdatomic.Bool](), "atomic.Int32": of[stdatomic.Int32](), "atomic.Uint32": of[stdatomic.Uint32](),
	"atomic.Int64": of[stdatomic.Int64](), "atomic.Uint64": of[stdatomic.Uint64](), "atomic.Uintptr": of[stdatomic.Uintptr](),
	"atomic.Value": of[stdatomic.Value](),
	"sync.Mutex":   of[sync.Mutex](), "sync.RWMutex": of[sync.RWMutex](), "sync.WaitGroup": of[sync.WaitGroup](),
	"sync.Once": of[sync.Once](), "sync.Cond": of[sync.Cond](), "sync.Map": of[sync.Map](), "sync.Pool": of[sync.Pool](),
}

func of[T any]() extent {
	var x T
	return extent{int(unsafe.Sizeof(x)), int(unsafe.Alignof(x))}
}

// extent returns how much room a value of the type takes, if that can be told.
func (l *layout) extent(x ast.Expr) (extent, bool) {
	switch x := x.(type) {
	case *ast.StarExpr, *ast.MapType, *ast.ChanType, *ast.FuncType:
		return extent{pointerSize, pointerSize}, true
	case *ast.InterfaceType:
		return extent{2 * pointerSize, pointerSize}, true
	case *ast.Ident:
		if typ, ok := l.types[x.Name]; ok {
			return l.extent(typ)
		}
		e, ok := extents[x.Name]
		return e, ok
	case *ast.SelectorExpr:
		e, ok := extents[textOf(x)]
		return e, ok
	case *ast.IndexExpr:
		return extent{pointerSize, pointerSize}, textOf(x.X) == "atomic.Pointer"
	case *ast.ArrayType:
		if x.Len == nil {
			return extent{3 * pointerSize, pointerSize}, true
		}
		n, known := l.number(x.Len)
		e, ok := l.extent(x.Elt)
		return extent{n * e.size, e.align}, ok && known
	case *ast.StructType:
		_, all, ok := l.offset(x, "")
		return all, ok
	}
	return extent{}, false
}

// offset returns where the field of the struct lies, if that can be told; without a name
// how much room the struct takes.
func (l *layout) offset(s *ast.StructType, field string) (at int, all extent, ok bool) {
	all.align = 1
	for _, f := range s.Fields.List {
		e, ok := l.extent(f.Type)
		if !ok {
			return 0, all, false
		}
		for _, name := range namesOf(f) {
			at = (at + e.align - 1) / e.align * e.align
			if name == field {
				return at, all, true
			}
			at += e.size
		}
		all.align = max(all.align, e.align)
	}
	all.size = (at + all.align - 1) / all.align * all.align
	return 0, all, field == ""
}

// namesOf returns the names of a field: of an embedded one that of its type.
func namesOf(f *ast.Field) []string {
	if len(f.Names) == 0 {
		text := textOf(f.Type)
		return []string{text[strings.LastIndexByte(text, '.')+1:]}
	}
	var names []string
	for _, n := range f.Names {
		names = append(names, n.Name)
	}
	return names
}

// place returns the index of the element at address at, when a field of the same struct,
// called sibling, lies at the address beside. rest is what follows the index in words
// such as rows[i].lock.
func (l *layout) place(array, rest, sibling string, at, beside uintptr) (index int, ok bool) {
	found := false
	for _, a := range l.arrays[array] {
		from, _, ok1 := l.offset(a.in, array)
		to, _, ok2 := l.offset(a.in, sibling)
		step, within, length, ok3 := l.element(a.typ, rest)
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		away := int(at) - int(beside) + to - from - within
		if away < 0 || away >= step*length || away%step != 0 {
			continue
		}
		if found { // and there is another struct in which it would fit
			return 0, false
		}
		index, found = away/step, true
	}
	return index, found
}

// whole returns the size of the array's elements and their number, if there is one array
// of that name only.
func (l *layout) whole(array, rest string) (step, length int, ok bool) {
	var all []*ast.ArrayType
	for _, a := range l.arrays[array] {
		all = append(all, a.typ)
	}
	all = append(all, l.vars[array]...)
	if len(all) != 1 {
		return 0, 0, false
	}
	step, _, length, ok = l.element(all[0], rest)
	return step, length, ok
}

// element returns the size of the array's elements, where in one of them lies what rest
// names, and how many there are.
func (l *layout) element(array *ast.ArrayType, rest string) (step, within, length int, ok bool) {
	if array.Len == nil {
		return 0, 0, 0, false
	}
	length, ok = l.number(array.Len)
	e, known := l.extent(array.Elt)
	if _, pointer := array.Elt.(*ast.StarExpr); !ok || !known || pointer || e.size == 0 {
		return 0, 0, 0, false
	}
	typ := array.Elt
	for _, field := range strings.FieldsFunc(rest, func(r rune) bool { return r == '.' }) {
		if id, ok := typ.(*ast.Ident); ok {
			typ = l.types[id.Name]
		}
		s, ok := typ.(*ast.StructType)
		if !ok {
			return 0, 0, 0, false
		}
		at, _, ok := l.offset(s, field)
		if !ok {
			return 0, 0, 0, false
		}
		within += at
		for _, f := range s.Fields.List {
			if slices.Contains(namesOf(f), field) {
				typ = f.Type
			}
		}
	}
	return e.size, within, length, true
}
