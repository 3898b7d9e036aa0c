package history

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"annulus/model"
)

// Phrase says what an operation did, in two parts, so that a list of phrases need not
// repeat the subject: "t2's evict" and "reserves a".
type Phrase struct {
	// Subject says whose the operation is: the task's, as in "t2's", or that of one of its
	// evictions or looks, as in "t2's evict".
	Subject   string `json:"subject"`
	Predicate string `json:"predicate"`
}

// String returns both parts, as in "t2's evict reserves a".
func (p Phrase) String() string { return p.Subject + " " + p.Predicate }

// Phrases returns a phrase for each of the entries, which are a whole history.
func (n *Names) Phrases(entries []Entry) []Phrase {
	w := newWords(n, entries)
	list := make([]Phrase, len(entries))
	for i := range entries {
		list[i] = w.phrase(i)
	}
	return list
}

// words describes the operations of one history in words.
type words struct {
	*Names
	entries   []Entry
	tagged    map[allocation]uint64 // tag of what was written, 0 if that is not certain
	evictions map[uint32]*evictee
}

// allocation is what a reference stands for.
type allocation struct {
	addr model.Addr
	gen  uint16
}

// evictee is what is known of an eviction and of its block, or of those of a batch.
type evictee struct {
	number int // of the eviction among the task's, from 1; 0 if it is the only one
	blocks []allocation
}

// add notes a block, or the generation of one that is known.
func (v *evictee) add(a allocation) {
	for i := range v.blocks {
		if v.blocks[i].addr == a.addr {
			v.blocks[i].gen = a.gen
			return
		}
	}
	v.blocks = append(v.blocks, a)
}

func newWords(names *Names, entries []Entry) *words {
	w := &words{Names: names, entries: entries, tagged: map[allocation]uint64{}, evictions: map[uint32]*evictee{}}
	count := map[int]int{}
	for i := range entries {
		e := &entries[i]
		a := allocation{e.Op.Addr, e.Op.Gen}
		switch e.Op.Kind {
		case model.OpRelease, model.OpHandOver:
			if tag, ok := w.tagged[a]; ok && tag != e.Op.Tag {
				w.tagged[a] = 0
			} else {
				w.tagged[a] = e.Op.Tag
			}
		case model.OpReserve:
			v := w.evictions[e.Op.Evictor]
			if v == nil {
				count[e.Task]++
				v = &evictee{number: count[e.Task]}
				w.evictions[e.Op.Evictor] = v
			}
			if e.Op.Outcome == model.OK && e.Op.Addr != model.Unknown {
				v.add(a)
			}
		}
	}
	for i := range entries {
		e := &entries[i]
		if _, written := w.tagged[allocation{e.Op.Addr, e.Op.Gen}]; !written && e.Op.Tag != 0 {
			w.tagged[allocation{e.Op.Addr, e.Op.Gen}] = e.Op.Tag
		}
		v := w.evictions[e.Op.Evictor]
		switch {
		case v == nil:
		case e.Op.Kind == model.OpReserve && count[e.Task] == 1:
			v.number = 0
		case e.Op.Kind == model.OpClaim:
			v.add(allocation{e.Op.Addr, e.Op.Gen})
		}
	}
	return w
}

// ref returns the name of an allocation: that of its block, or else its address.
func (w *words) ref(addr model.Addr, gen uint16) string {
	if name := w.tag(w.tagged[allocation{addr, gen}]); name != "" {
		return name
	}
	return place(addr, gen)
}

// place names an allocation by its address and generation.
func place(addr model.Addr, gen uint16) string {
	text := "block " + addr.String()
	if gen != 0 {
		text += "." + strconv.Itoa(int(gen))
	}
	return text
}

// tell describes the entry with this index, as in "t1's tombstone(a) = ok".
func (w *words) tell(i int) string { return w.phrase(i).String() }

// phrase is tell with the subject apart.
func (w *words) phrase(i int) Phrase {
	e := &w.entries[i]
	task := w.task(e.Task) + "'s"
	switch e.Op.Kind {
	case model.OpLook:
		return Phrase{task + " look", fmt.Sprintf("at %s, which is %v", w.ref(e.Op.Addr, e.Op.Gen), e.Op.State)}
	case model.OpReserve, model.OpWait, model.OpClaim, model.OpUnclaim, model.OpReturn, model.OpMark, model.OpFinish:
		return w.evicting(task, e)
	}
	return Phrase{task, w.doing(&e.Op)}
}

// doing describes an operation that is not a part of an eviction.
func (w *words) doing(o *model.Op) string {
	switch o.Kind {
	case model.OpAlloc:
		return byWorker(o) + w.allocating(o)
	case model.OpRelease, model.OpHandOver, model.OpCancel, model.OpFree:
		name := w.ref(o.Addr, o.Gen)
		if t := w.tag(o.Tag); t != "" {
			name = t
		}
		return byWorker(o) + verbs[o.Kind] + "(" + name + ")"
	case model.OpStock, model.OpSpill, model.OpAim:
		return byWorker(o) + verbs[o.Kind] + "(" + place(o.Addr, o.Gen) + ")"
	case model.OpTryTombstone, model.OpBytes, model.OpCopyOnAccess:
		return verbs[o.Kind] + "(" + w.ref(o.Addr, o.Gen) + ") = " + w.answer(o)
	case model.OpObserve:
		return w.observing(o.Seen)
	case model.OpDrained:
		return "drain = ok"
	case model.OpClose:
		return "close = " + o.Outcome.String()
	}
	return o.String()
}

// observing describes what was seen of the ring: its addresses, as by Metrics, or all of
// it.
func (w *words) observing(seen *model.Observation) string {
	if seen == nil {
		return "metrics = nothing"
	}
	text := fmt.Sprintf(" = head %v, evicting %v, tail %v", seen.Head, seen.Evicting, seen.Tail)
	if seen.Blocks == nil {
		return "metrics" + text
	}
	for _, b := range seen.Blocks {
		text += fmt.Sprintf(", %s %v", w.block(b), b.State)
	}
	return "inspect" + text
}

// verbs are the names of the operations in programs, see package scenario.
var verbs = map[model.Kind]string{
	model.OpRelease: "release", model.OpHandOver: "handover", model.OpCancel: "cancel",
	model.OpStock: "stock", model.OpSpill: "spill", model.OpAim: "aim",
	model.OpFree: "free", model.OpTryTombstone: "tombstone", model.OpBytes: "bytes", model.OpCopyOnAccess: "coa",
}

// byWorker begins the name of what is done through a Worker.
func byWorker(o *model.Op) string {
	if o.Worker == 0 {
		return ""
	}
	return "Worker "
}

func (w *words) allocating(o *model.Op) string {
	if o.Outcome != model.OK {
		return fmt.Sprintf("alloc(%d) = %v", o.N, o.Outcome)
	}
	name := w.tag(w.tagged[allocation{o.Addr, o.Gen}])
	if name != "" {
		name += ", "
	}
	return fmt.Sprintf("alloc(%s%d) = %s", name, o.N, place(o.Addr, o.Gen))
}

// answer describes the outcome of an operation on a reference.
func (w *words) answer(o *model.Op) string {
	switch {
	case o.Outcome != model.OK:
		return o.Outcome.String()
	case o.Kind == model.OpCopyOnAccess:
		return strconv.FormatBool(o.InRegion)
	case o.Tag != 0 && o.Tag != w.tagged[allocation{o.Addr, o.Gen}]:
		return o.Outcome.String() + ", " + w.bytes(o.Tag)
	}
	return o.Outcome.String()
}

// bytes names bytes by their tag.
func (w *words) bytes(tag uint64) string {
	if name := w.tag(tag); name != "" {
		return "the bytes of " + name
	}
	return fmt.Sprintf("bytes #%d", tag)
}

// evicting describes a part of an eviction. The subject is the eviction, unless it is the
// task's only one and has found nothing to evict: then it is the task.
func (w *words) evicting(task string, e *Entry) Phrase {
	name, number := w.eviction(e.Task, e.Op.Evictor), ""
	if v := w.evictions[e.Op.Evictor]; v != nil && v.number > 0 {
		number = strconv.Itoa(v.number) + " "
	}
	part := w.part(&e.Op)
	if number == "" && e.Op.Kind == model.OpReserve && e.Op.Outcome != model.OK {
		return Phrase{task, name + " " + part}
	}
	return Phrase{task + " " + name, number + part}
}

// part is the predicate of evicting.
func (w *words) part(o *model.Op) string {
	block := w.evicted(o)
	switch o.Kind {
	case model.OpReserve:
		if o.Outcome != model.OK {
			return "= " + o.Outcome.String()
		}
		return "reserves " + block
	case model.OpWait:
		return "finds " + block + " held"
	case model.OpClaim:
		if o.Tag != 0 && o.Tag != w.tagged[allocation{o.Addr, o.Gen}] {
			block += " with " + w.bytes(o.Tag)
		}
		return "claims " + block
	case model.OpUnclaim:
		return "lets go of " + block
	case model.OpReturn:
		return "gives " + block + " back (" + o.Cause.String() + ")"
	case model.OpMark:
		return "marks " + block
	}
	return "finishes " + block
}

// evicted names the block that a part of an eviction is about; of a batch those that
// are finished together.
func (w *words) evicted(o *model.Op) string {
	v := w.evictions[o.Evictor]
	if v == nil || len(v.blocks) == 0 {
		return "its block"
	}
	var names []string
	for _, a := range v.blocks {
		name := w.ref(a.addr, a.gen)
		if len(v.blocks) > 1 && o.Kind != model.OpFinish && a.addr == o.Addr {
			return name
		}
		names = append(names, name)
	}
	if len(names) > 1 && o.Kind != model.OpFinish {
		return "its block"
	}
	return strings.Join(names, " and ")
}

// block names a block of the model.
func (w *words) block(b model.Block) string {
	if b.Filler {
		return "filler " + b.Addr.String()
	}
	if name := w.tag(b.Tag); name != "" {
		return name
	}
	return w.ref(b.Addr, b.Gen)
}

// refusal returns in words why the model refuses the last operation of the order. It
// accepts the others.
func (w *words) refusal(c *model.Config, order []int, r *model.Refusal) string {
	b := r.Block
	ended := r.Rule == model.RuleGone || r.Rule == model.RuleStale
	if ended {
		b.Addr, b.Gen = r.Op.Addr, r.Op.Gen
	}
	look := func(s *model.State) standing {
		if r.Rule == model.RuleOrder || r.Rule == model.RuleReserve {
			return standing{returned: slices.Contains(s.Returned(), b.Addr)}
		}
		now := standingOf(s, &b, ended)
		if r.Rule == model.RuleState && now.state == model.FreeListed {
			now.state = model.Tombstone // dead, it makes no difference how
		}
		return now
	}
	is, since := look(&model.State{}), -1
	state := model.State{}
	for _, i := range order[:len(order)-1] {
		state, _ = model.Step(c, state, w.entries[i].Op)
		if now := look(&state); now != is {
			is, since = now, i
		}
	}
	text := is.String()
	if since >= 0 {
		text += " since " + w.tell(since)
	}
	ref := w.ref(r.Op.Addr, r.Op.Gen)
	switch {
	case r.Rule == model.RuleBytes:
		return fmt.Sprintf("%s holds %s then", w.block(b), w.bytes(r.Want))
	case r.Rule == model.RuleCurrent:
		return r.Reason(ref, text)
	case is == standing{} && (r.Rule == model.RuleOrder || r.Rule == model.RuleReserve):
		text = w.block(b)
	case !ended:
		text = w.block(b) + " (" + text + ")"
	}
	return r.Reason(ref, text)
}

// standing is what a state of the ring says about an allocation.
type standing struct {
	state   model.BlockState // None when there is no such allocation
	claimed bool             // by its evictor
	passed  bool             // it has ended; if not, and state is None, it has not begun

	returned bool // its reservation was given back, if the rule is about that
}

// standingOf returns what the state says about the allocation b. If ended is set, all that
// counts is whether it has ended, not whether it left a dead block behind.
func standingOf(s *model.State, b *model.Block, ended bool) standing {
	now, ok := s.At(b.Addr)
	switch {
	case !ok && b.Addr < s.Tail, ok && now.Gen > b.Gen, ended && ok && now.Gen == b.Gen && !now.State.Live():
		return standing{passed: true}
	case !ok || now.Gen != b.Gen:
		return standing{}
	}
	held := slices.ContainsFunc(s.Reservations, func(r model.Reservation) bool {
		return r.Addr == b.Addr && r.Phase == model.Claimed
	})
	return standing{state: now.State, claimed: held}
}

// String returns the standing in words.
func (s standing) String() string {
	switch {
	case s.passed:
		return "gone"
	case s.returned:
		return "given back"
	case s.state == model.None:
		return "not there yet"
	}
	return s.state.String()
}
