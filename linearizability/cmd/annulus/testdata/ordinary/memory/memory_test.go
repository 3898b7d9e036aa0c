// Package memory has a test for each construct of the language that reads or writes memory.
// Two goroutines use one variable: in the tests whose names end in Races nothing orders them,
// in those that end in Ordered a lock does.
package memory

import (
	"bufio"
	"bytes"
	"container/list"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
)

// races has f and g run on two goroutines at the same time.
func races(f, g func()) {
	var done sync.WaitGroup
	done.Go(f)
	done.Go(g)
	done.Wait()
}

// ordered has f and g run one after the other, in any order.
func ordered(f, g func()) {
	var mu sync.Mutex
	locked := func(f func()) func() {
		return func() {
			mu.Lock()
			defer mu.Unlock()
			f()
		}
	}
	races(locked(f), locked(g))
}

type pair struct{ a, b int }

func (p *pair) up()     { p.a++ }
func (p pair) sum() int { return p.a + p.b }

type shape interface{ sum() int }

var (
	number int
	sink   any
	other  int

	another []int
)

func add[T int | string](p *T, x T) { *p += x }

// Each construct returns two functions that conflict.
var (
	global  = func() (f, g func()) { return func() { number++ }, func() { other = number } }
	field   = func() (f, g func()) { p := new(pair); return func() { p.a = 1 }, func() { other = p.a } }
	element = func() (f, g func()) {
		s := make([]int, 4)
		return func() { s[2] = 1 }, func() { other = s[2] }
	}
	array = func() (f, g func()) {
		a := new([4]int)
		i := 3
		return func() { a[i] = 1 }, func() { b := *a; sink = &b }
	}
	copied = func() (f, g func()) {
		p := new(pair)
		return func() { p.b = 1 }, func() { q := *p; sink = &q }
	}
	captured = func() (f, g func()) { n := 0; return func() { n++ }, func() { n++ } }
	deferred = func() (f, g func()) {
		n := new(int)
		return func() { defer func() { *n++ }() }, func() { other = *n }
	}
	methodValue      = func() (f, g func()) { p := new(pair); return p.up, p.up }
	throughInterface = func() (f, g func()) {
		p := new(pair)
		var s shape = p
		return func() { p.a = 1 }, func() { other = s.sum() }
	}
	interfaceItself = func() (f, g func()) {
		x := new(any)
		return func() { *x = pair{1, 2} }, func() { sink = *x }
	}
	generic = func() (f, g func()) {
		s := new(string)
		return func() { add(s, "x") }, func() { other = len(*s) }
	}
	argument = func() (f, g func()) {
		p := new(pair)
		return func() { p.a = 1 }, func() { go func(pair) {}(*p) }
	}
	mapRead = func() (f, g func()) {
		m := map[string]int{}
		return func() { m["a"] = 1 }, func() { other = m["a"] }
	}
	mapInt = func() (f, g func()) {
		m := map[int]int{}
		return func() { m[1] = 1 }, func() { m[2] = 1 }
	}
	mapOfStructs = func() (f, g func()) {
		m := map[pair]pair{}
		return func() { m[pair{1, 2}] = pair{} }, func() { _, ok := m[pair{2, 3}]; sink = ok }
	}
	mapDelete = func() (f, g func()) {
		m := map[string]int{"a": 1}
		return func() { delete(m, "a") }, func() { other = m["b"] }
	}
	mapClear = func() (f, g func()) {
		m := map[string]int{"a": 1}
		return func() { clear(m) }, func() { other = m["b"] }
	}
	mapRange = func() (f, g func()) {
		m := map[string]int{"a": 1}
		return func() { m["b"] = 1 }, func() {
			for k := range m {
				sink = k
			}
		}
	}
	mapLen = func() (f, g func()) {
		m := map[string]int{"a": 1}
		return func() { m["b"] = 1 }, func() { other = len(m) }
	}
	appended = func() (f, g func()) {
		s := make([]int, 2, 8)
		return func() { s = append(s, 1) }, func() { other = len(s) }
	}
	appendedInPlace = func() (f, g func()) {
		s := make([]int, 2, 8)
		return func() { sink = append(s, 1) }, func() { another = append(s, 2) }
	}
	appendGrows = func() (f, g func()) {
		s := make([]int, 2)
		return func() { s[0] = 1 }, func() { sink = append(s, 2) }
	}
	appendSlice = func() (f, g func()) {
		s := make([]int, 2, 8)
		from := make([]int, 3)
		return func() { from[1] = 1 }, func() { sink = append(s, from...) }
	}
	copiedSlice = func() (f, g func()) {
		s, from := make([]int, 8), make([]int, 8)
		return func() { copy(s, from) }, func() { other = s[7] }
	}
	copiedPointers = func() (f, g func()) {
		s, from := make([]*int, 8), make([]*int, 8)
		return func() { copy(s, from) }, func() { from[3] = new(int) }
	}
	stringOfBytes = func() (f, g func()) {
		b := []byte("some bytes that are not few, so that they are copied")
		return func() { b[3] = 'x' }, func() { sink = string(b) }
	}
	bytesOfString = func() (f, g func()) {
		s := new(string)
		return func() { *s = "x" }, func() { sink = []byte(*s) }
	}
	builder = func() (f, g func()) {
		b := new(strings.Builder)
		return func() { b.WriteString("x") }, func() { other = b.Len() }
	}
	buffer = func() (f, g func()) {
		b := new(bytes.Buffer)
		return func() { b.WriteString("x") }, func() { b.WriteByte('y') }
	}
	reader = func() (f, g func()) {
		r := bufio.NewReader(strings.NewReader("two lines\n"))
		return func() { sink, _ = r.ReadString('\n') }, func() { other = r.Buffered() }
	}
	ranged = func() (f, g func()) {
		s := make([]int, 3)
		return func() { s[1]++ }, func() {
			for _, x := range s {
				other = x
			}
		}
	}
	linked = func() (f, g func()) {
		l := list.New()
		return func() { l.PushBack(1) }, func() { sink = l.Front() }
	}
	sorted = func() (f, g func()) {
		s := []int{3, 2, 1}
		return func() { slices.Sort(s) }, func() { other = s[1] }
	}
	sortedBy = func() (f, g func()) {
		s := []int{3, 2, 1}
		return func() { sort.Sort(sort.IntSlice(s)) }, func() { other = s[1] }
	}
	smallFields = func() (f, g func()) {
		p := new(struct{ a, b bool })
		return func() { p.b = true }, func() { sink = p.b }
	}
	function = func() (f, g func()) {
		h := new(func())
		return func() { *h = func() {} }, func() {
			if *h != nil {
				(*h)()
			}
		}
	}
)

func TestGlobalRaces(*testing.T)   { races(global()) }
func TestGlobalOrdered(*testing.T) { ordered(global()) }

func TestFieldRaces(*testing.T)   { races(field()) }
func TestFieldOrdered(*testing.T) { ordered(field()) }

func TestElementRaces(*testing.T)   { races(element()) }
func TestElementOrdered(*testing.T) { ordered(element()) }

func TestArrayRaces(*testing.T)   { races(array()) }
func TestArrayOrdered(*testing.T) { ordered(array()) }

func TestCopiedRaces(*testing.T)   { races(copied()) }
func TestCopiedOrdered(*testing.T) { ordered(copied()) }

func TestCapturedRaces(*testing.T)   { races(captured()) }
func TestCapturedOrdered(*testing.T) { ordered(captured()) }

func TestDeferredRaces(*testing.T)   { races(deferred()) }
func TestDeferredOrdered(*testing.T) { ordered(deferred()) }

func TestMethodValueRaces(*testing.T)   { races(methodValue()) }
func TestMethodValueOrdered(*testing.T) { ordered(methodValue()) }

func TestThroughInterfaceRaces(*testing.T)   { races(throughInterface()) }
func TestThroughInterfaceOrdered(*testing.T) { ordered(throughInterface()) }

func TestInterfaceItselfRaces(*testing.T)   { races(interfaceItself()) }
func TestInterfaceItselfOrdered(*testing.T) { ordered(interfaceItself()) }

func TestGenericRaces(*testing.T)   { races(generic()) }
func TestGenericOrdered(*testing.T) { ordered(generic()) }

func TestArgumentRaces(*testing.T)   { races(argument()) }
func TestArgumentOrdered(*testing.T) { ordered(argument()) }

func TestMapReadRaces(*testing.T)   { races(mapRead()) }
func TestMapReadOrdered(*testing.T) { ordered(mapRead()) }

func TestMapIntRaces(*testing.T)   { races(mapInt()) }
func TestMapIntOrdered(*testing.T) { ordered(mapInt()) }

func TestMapOfStructsRaces(*testing.T)   { races(mapOfStructs()) }
func TestMapOfStructsOrdered(*testing.T) { ordered(mapOfStructs()) }

func TestMapDeleteRaces(*testing.T)   { races(mapDelete()) }
func TestMapDeleteOrdered(*testing.T) { ordered(mapDelete()) }

func TestMapClearRaces(*testing.T)   { races(mapClear()) }
func TestMapClearOrdered(*testing.T) { ordered(mapClear()) }

func TestMapRangeRaces(*testing.T)   { races(mapRange()) }
func TestMapRangeOrdered(*testing.T) { ordered(mapRange()) }

func TestMapLenRaces(*testing.T)   { races(mapLen()) }
func TestMapLenOrdered(*testing.T) { ordered(mapLen()) }

func TestAppendedRaces(*testing.T)   { races(appended()) }
func TestAppendedOrdered(*testing.T) { ordered(appended()) }

func TestAppendedInPlaceRaces(*testing.T)   { races(appendedInPlace()) }
func TestAppendedInPlaceOrdered(*testing.T) { ordered(appendedInPlace()) }

func TestAppendGrowsRaces(*testing.T)   { races(appendGrows()) }
func TestAppendGrowsOrdered(*testing.T) { ordered(appendGrows()) }

func TestAppendSliceRaces(*testing.T)   { races(appendSlice()) }
func TestAppendSliceOrdered(*testing.T) { ordered(appendSlice()) }

func TestCopiedSliceRaces(*testing.T)   { races(copiedSlice()) }
func TestCopiedSliceOrdered(*testing.T) { ordered(copiedSlice()) }

func TestCopiedPointersRaces(*testing.T)   { races(copiedPointers()) }
func TestCopiedPointersOrdered(*testing.T) { ordered(copiedPointers()) }

func TestStringOfBytesRaces(*testing.T)   { races(stringOfBytes()) }
func TestStringOfBytesOrdered(*testing.T) { ordered(stringOfBytes()) }

func TestBytesOfStringRaces(*testing.T)   { races(bytesOfString()) }
func TestBytesOfStringOrdered(*testing.T) { ordered(bytesOfString()) }

func TestBuilderRaces(*testing.T)   { races(builder()) }
func TestBuilderOrdered(*testing.T) { ordered(builder()) }

func TestBufferRaces(*testing.T)   { races(buffer()) }
func TestBufferOrdered(*testing.T) { ordered(buffer()) }

func TestReaderRaces(*testing.T)   { races(reader()) }
func TestReaderOrdered(*testing.T) { ordered(reader()) }

func TestRangedRaces(*testing.T)   { races(ranged()) }
func TestRangedOrdered(*testing.T) { ordered(ranged()) }

func TestLinkedRaces(*testing.T)   { races(linked()) }
func TestLinkedOrdered(*testing.T) { ordered(linked()) }

func TestSortedRaces(*testing.T)   { races(sorted()) }
func TestSortedOrdered(*testing.T) { ordered(sorted()) }

func TestSortedByRaces(*testing.T)   { races(sortedBy()) }
func TestSortedByOrdered(*testing.T) { ordered(sortedBy()) }

func TestSmallFieldsRaces(*testing.T)   { races(smallFields()) }
func TestSmallFieldsOrdered(*testing.T) { ordered(smallFields()) }

func TestFunctionRaces(*testing.T)   { races(function()) }
func TestFunctionOrdered(*testing.T) { ordered(function()) }

// Neighbours are not one variable, though they are in one word.
func TestNeighboursOrdered(*testing.T) {
	p := new(struct{ a, b bool })
	races(func() { p.a = true }, func() { p.b = true })
	s := make([]uint16, 4)
	races(func() { s[1]++ }, func() { s[2]++ })
}

// What packages of the standard library hand from one goroutine to another, by pools of which
// nobody sees anything, is theirs.
func TestEncodersOrdered(*testing.T) {
	encode := func() {
		for range 3 {
			if _, err := json.Marshal(map[string]int{"a": 1, "b": 2}); err != nil {
				panic(err)
			}
		}
	}
	races(encode, encode)
}
