package schedules

import (
	"cmp"
	"regexp"
	"strconv"
	"sync"

	"annulus/schedules/internal/hook"
)

// naming gives objects the names that traces show: the one that the program has
// given, or the words by which the source refers to the object where it is first
// used, or type and number as in schedule files. Those depend on which task comes
// first; the words do not.
type naming struct {
	used  map[string]int // how many objects have the name
	by    map[*object]string
	words map[*object]string // by which the source refers to those that are named by it
}

// of returns the name of an object that the operation op uses at where.
func (n *naming) of(o *object, op string, where place) string {
	n.begin()
	if name, ok := n.by[o]; ok {
		return name
	}
	name := o.name
	if name == "" {
		line := sourceLine(where.file, where.line)
		name = cmp.Or(n.words[o], channelIn(line, op), receiver(line, cmp.Or(methods[op], op)))
		for _, method := range others[op] {
			name = cmp.Or(name, receiver(line, method))
		}
		n.words[o] = name
	}
	if name == "" {
		name = objectName(o)
	}
	n.used[name]++
	if k := n.used[name]; k > 1 {
		name += "#" + strconv.Itoa(k)
	}
	n.by[o] = name
	return name
}

func (n *naming) begin() {
	if n.used == nil {
		n.used, n.by, n.words = map[string]int{}, map[*object]string{}, map[*object]string{}
	}
}

// calls has the object be named by these words, unless it has a name.
func (n *naming) calls(o *object, words string) {
	n.begin()
	if _, named := n.by[o]; !named {
		n.words[o] = words
	}
}

// receivers finds what an operation is applied to in a line of Go: the words before
// .Op(, or what follows a & in a call of a function such as AddInt64.
var receivers = struct {
	sync.Mutex
	by map[string]*regexp.Regexp
}{by: map[string]*regexp.Regexp{}}

// operand matches a name, selected fields and indexes.
const operand = `[\pL_][\pL\d_]*(?:\.[\pL_][\pL\d_]*|\[[^\[\]]*(?:\[[^\[\]]*\])?[^\[\]]*\])*`

// receiver returns the words by which a line of Go names the object of an operation,
// or "" if it does not, or names several.
func receiver(line, op string) string {
	receivers.Lock()
	defer receivers.Unlock()
	re := receivers.by[op]
	if re == nil {
		re = regexp.MustCompile(`(` + operand + `)\.` + op + `\(|\.` + op + `(?:Int32|Int64|Uint32|Uint64|Uintptr|Pointer)\(&(` + operand + `)`)
		receivers.by[op] = re
	}
	name := ""
	for _, groups := range re.FindAllStringSubmatch(line, -1) {
		found := groups[1] + groups[2]
		if name != "" && name != found {
			return ""
		}
		name = found
	}
	return name
}

// nameOf returns the name that the trace shows, if the execution is recorded, and
// that of schedule files otherwise.
func (e *engine) nameOf(o *object) string {
	if e.rec != nil {
		e.rec.elements()
		if name, ok := e.rec.names.by[o]; ok {
			return name
		}
	}
	return objectName(o)
}

// firstUse returns where the object of this name, as schedule files have it, was
// first used.
func (r *recorder) firstUse(name string) (place, bool) {
	for o, i := range r.objects {
		if objectName(o) != name {
			continue
		}
		for where, at := range r.places {
			if at == r.trace.Objects[i].First {
				return where, true
			}
		}
	}
	return place{}, false
}

// methods are the names in the source of the operations that a method is made of.
var methods = map[string]string{
	opNames[hook.Announce]: opNames[hook.Lock], opNames[hook.WriteLock]: opNames[hook.Lock],
	opNames[hook.CondAwake]: opNames[hook.CondWait],
}

// others are further names in the source of an operation.
var others = map[string][]string{
	opNames[hook.WaitGroupAdd]: {"Done", "Go"}, opNames[hook.RLock]: {"Lock"}, opNames[hook.RUnlock]: {"Unlock"},
}
