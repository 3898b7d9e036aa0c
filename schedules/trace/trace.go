package trace

// Trace is everything that is known about one execution.
//
// Events, tasks, objects, places and states name each other by their index in the
// slices of this type; None stands for none.
type Trace struct {
	Program string   `json:"program,omitempty"` // name: of a scenario, or package.Test
	Notes   []string `json:"notes,omitempty"`   // what the program says of itself, such as its configuration; a line each
	Legend  string   `json:"legend,omitempty"`  // what words in values mean, if that must be said
	Failure *Failure `json:"failure,omitempty"` // nil if the execution has passed

	Tasks   []string `json:"tasks"`            // their names; 0 is the body
	Starts  []Start  `json:"starts,omitempty"` // where each of them was started, in the same order
	Objects []Object `json:"objects"`
	Places  []Place  `json:"places"`
	States  []State  `json:"states,omitempty"` // what Observe has shown, each once
	Events  []Event  `json:"events"`           // in their order

	Window  *Window  `json:"window,omitempty"`  // the critical window, nil if none was found
	History *History `json:"history,omitempty"` // of the program's operations, if somebody judges them
	Passing *Passing `json:"passing,omitempty"` // the nearest execution that passes, nil if none was found
	Sources []Source `json:"sources,omitempty"` // around all places, as far as they could be read
}

// None stands for no task, object, place, state or event.
const None = -1

// Failure tells how an execution has failed.
type Failure struct {
	Class   string `json:"class"`            // as schedules.Class prints it
	Message string `json:"message"`          // what broke; may have several lines
	Task    string `json:"task,omitempty"`   // who was running, where that matters
	Stack   string `json:"stack,omitempty"`  // of that task, after a panic: a function and its place in each line, the innermost first
	Advice  string `json:"advice,omitempty"` // what to do about it, where that is known

	Strategy    string `json:"strategy"`  // that found it
	Seed        uint64 `json:"seed"`      // of the exploration
	Execution   int64  `json:"execution"` // its number there, from 1
	Steps       int    `json:"steps"`
	Preemptions int    `json:"preemptions"`
	Fewest      bool   `json:"fewest"` // no execution with fewer preemptions fails so

	Reproduce string   `json:"reproduce,omitempty"` // the command that repeats it
	Why       []string `json:"why,omitempty"`       // why this is wrong, a line each
	Tried     int      `json:"tried,omitempty"`     // executions tried in search of one that passes, see Passing
}

// Start is where a task was started.
type Start struct {
	By    int `json:"by"`    // the task that started it, None for the body
	Place int `json:"place"` // of the go statement, or of what stands for one; None if it is not known
}

// Object is a synchronisation object, or a declared variable, that the execution
// has used.
type Object struct {
	Name  string `json:"name"`
	Type  string `json:"type"`  // such as int64, mutex, var
	First int    `json:"first"` // place of its first use
}

// Place is where in the program a step stands.
type Place struct {
	Function string `json:"function"` // with its package's path
	File     string `json:"file"`     // package path and base name, the same on every machine
	Line     int    `json:"line"`
}

// Source is a stretch of a source file.
type Source struct {
	File  string   `json:"file"`  // as in Place
	First int      `json:"first"` // number of the first line
	Lines []string `json:"lines"`
}

// State is what one call of S.Observe's function has shown.
type State struct {
	Name   string  `json:"name"`
	Text   string  `json:"text"`
	Fields []Field `json:"fields,omitempty"` // the same in parts, if the program tells
	Ring   *Ring   `json:"ring,omitempty"`   // for drawing, if the structure is a ring
}

// Field is a named part of a state. Names are unique within the state.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Ring is a circular structure for drawing. Addresses are logical: they count
// bytes from the beginning of time; modulo Capacity they are offsets.
type Ring struct {
	Capacity uint64     `json:"capacity"`          // bytes
	Pointers []Pointer  `json:"pointers"`          // such as head and tail
	Blocks   []Block    `json:"blocks"`            // in the order of addresses
	Lists    []FreeList `json:"lists,omitempty"`   // of blocks for reuse
	Waiting  []uint64   `json:"waiting,omitempty"` // addresses of reservations that were given back
}

// Pointer is a named address.
type Pointer struct {
	Name    string `json:"name"`
	Address uint64 `json:"address"`
}

// Block is an allocated piece of a ring.
type Block struct {
	Address uint64 `json:"address"`
	Size    uint64 `json:"size"`            // bytes
	State   string `json:"state"`           // in the field's words
	Label   string `json:"label,omitempty"` // what the program calls it
}

// FreeList is a list of blocks of one size, the next to be reused first.
type FreeList struct {
	Size   uint64   `json:"size"`
	Blocks []uint64 `json:"blocks"` // addresses
}

// Kind is the kind of an [Event].
type Kind string

// The kinds of events.
const (
	Step       Kind = "step"     // an operation of a drop-in
	Invocation Kind = "invoke"   // of an operation of the program: S.Invoke or S.Enter
	Response   Kind = "return"   // S.Return or S.Leave
	Log        Kind = "log"      // S.Logf or S.Errorf
	Access     Kind = "variable" // to a plain.Var, which is no yield point
	Pending    Kind = "pending"  // an operation that a task had come to when the execution ended, and did not perform
)

// Event is an entry of a trace.
//
// A step is written as its operation and its object; Before and After say what it
// did to the object's value, Args and Result what else it was given and has
// answered. An invocation has the operation's name and arguments; a response its
// result, and Parent is the invocation.
type Event struct {
	Kind Kind `json:"kind"`
	Task int  `json:"task"`
	Step int  `json:"step"` // steps of the execution up to and including this one

	Op     string `json:"op,omitempty"`     // such as Load, or the name of an invoked operation
	Object int    `json:"object"`           // None if there is none
	As     string `json:"as,omitempty"`     // what the object is called here, if that is not its name
	Args   string `json:"args,omitempty"`   // operands, in the words of the program
	Result string `json:"result,omitempty"` // answer, in the words of the program
	Text   string `json:"text,omitempty"`   // of a Log; of what is Pending why the task did not go on

	// Values of the object, in the words of the program, "" if they are not known.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Reads  bool   `json:"reads,omitempty"`  // the answer depends on the value before
	Writes bool   `json:"writes,omitempty"` // the value has changed

	Parent int `json:"parent"` // the invocation that it is part of, or None
	Place  int `json:"place"`  // None if it is not known

	// States are what Observe and Watch show after it, as far as that has changed.
	States []int `json:"states,omitempty"`

	Switch     bool `json:"switch,omitempty"`     // another task was running before
	Preemption bool `json:"preemption,omitempty"` // and it could have gone on
}

// Window is the critical window of a failing execution: one task has read
// something, others have made it false, and the task has relied on it. Where tasks wait
// for each other, or nothing orders two accesses, it is who has and wants what, and then
// has a title.
type Window struct {
	Task   int    `json:"task"`   // that relied on what it had read
	Object int    `json:"object"` // whose value it is about, None if it is about what a lock guards
	Read   int    `json:"read"`   // event
	Change int    `json:"change"` // event
	Rely   int    `json:"rely"`   // event
	Text   string `json:"text"`   // the same in words; may have several lines
	// Points are the events that the lines of Text tell of, if they are not Read, Change
	// and Rely.
	Points []int  `json:"points,omitempty"`
	Title  string `json:"title,omitempty"` // what it shows, if that is not something read, made false and relied on
	// Confirmed: an execution that differs only in that the task is not interrupted
	// here, or reads after the change, passes.
	Confirmed string `json:"confirmed,omitempty"` // how, in words; "" if it was not tried or did not pass
}

// History is the execution as its judge sees it.
type History struct {
	Operations []Operation `json:"operations"`
	// Of a history that is not linearizable: the operations that can be put in an
	// order, by index, in one such order; the operation that then finds no place, by
	// index, or None; and why not.
	Order    []int       `json:"order,omitempty"`
	Unplaced int         `json:"unplaced"`
	Places   []Placement `json:"places,omitempty"`
}

// Operation is an operation of a history.
type Operation struct {
	Task   int    `json:"task"`
	Text   string `json:"text"`   // in the words of the program, with the task
	Call   int    `json:"call"`   // steps of the execution when it was called
	Return int    `json:"return"` // and when it returned; None if it did not
}

// Placement is a place in the order of a history where an operation cannot stand.
type Placement struct {
	After  int    `json:"after"` // number of operations of the order that come before
	Reason string `json:"reason"`
}

// Passing is an execution that passes, and differs from the failing one in one
// decision and what follows from that.
type Passing struct {
	Step  int    `json:"step"` // the first that differs, from 1
	Text  string `json:"text"` // what differs, in words
	Trace *Trace `json:"trace"`
}

// Renames gives the objects of the other trace the names that they have in this one. The
// two are the same up to the step, without it, so that what was used by then is the same.
func (t *Trace) Renames(other *Trace, step int) {
	for i := range other.Events {
		ev := &other.Events[i]
		if ev.Step >= step {
			break
		}
		if ev.Object != None && ev.Object < len(t.Objects) {
			other.Objects[ev.Object].Name = t.Objects[ev.Object].Name
		}
	}
}
