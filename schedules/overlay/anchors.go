package overlay

import "slices"

// What is done to the standard library of the user's own toolchain. Nothing of its text is
// kept here but the lines by which a place is found.

// rename gives a function another name, annulus and its own, under which an addition to
// the package calls it. The function is found by its first line.
type rename struct{ file, function string }

// edit replaces a line, which must be there once.
type edit struct{ file, line, by string }

// word replaces a word wherever it stands in a file, which must be so many times.
type word struct {
	file, word, by string
	times          int
}

// cut removes the rest of a file from a line on, which must be there once.
type cut struct{ file, line string }

// anchors are the places in the standard library of one version of Go.
type anchors struct {
	renames []rename
	edits   []edit
	words   []word
	cuts    []cut
	emptied []string // files of which nothing is left but the package clause
}

// known has the versions of Go that annulus knows, by the beginning of their names.
var known = map[string]anchors{
	"go1.25": common.with(inFile("sync/hashtriemap.go", mapMethods)...).withWords(accessedMaps("_swiss")...), // the others are not built by default
	"go1.26": common.withWords(accessedMaps("")...),
}

// accessedMaps are the places in which a map is accessed; the names of the files have an ending.
func accessedMaps(ending string) []word {
	watched := func(file string, times int) word {
		return word{"internal/runtime/maps/" + file + ending + ".go", "race.Enabled", "race.Annulus", times}
	}
	return []word{
		{"runtime/map" + ending + ".go", "raceenabled", "annulusWatch", 6},
		watched("runtime", 3), watched("runtime_fast32", 5), watched("runtime_fast64", 5), watched("runtime_faststr", 4),
	}
}

// withWords returns the anchors with more words to be replaced.
func (a anchors) withWords(words ...word) anchors {
	a.words = slices.Concat(a.words, words)
	return a
}

// with returns the anchors with more functions to be renamed.
func (a anchors) with(renames ...rename) anchors {
	a.renames = slices.Concat(a.renames, renames)
	return a
}

// inFile are functions of a file that are to be renamed.
func inFile(file string, functions []string) (renames []rename) {
	for _, f := range functions {
		renames = append(renames, rename{file, f})
	}
	return renames
}

// common are the places that Go 1.25 and 1.26 share.
var common = anchors{
	renames: []rename{
		{"runtime/chan.go", "func chansend(c *hchan, ep unsafe.Pointer, block bool, callerpc uintptr) bool {"},
		{"runtime/chan.go", "func chanrecv(c *hchan, ep unsafe.Pointer, block bool) (selected, received bool) {"},
		{"runtime/chan.go", "func closechan(c *hchan) {"},
		{"runtime/chan.go", "func chanlen(c *hchan) int {"},
		{"runtime/select.go", "func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) (int, bool) {"},
		{"runtime/select.go", "func block() {"},
		{"runtime/proc.go", "func newproc(fn *funcval) {"},
		{"runtime/proc.go", "func Gosched() {"},
		{"runtime/coro.go", "func coroswitch(c *coro) {"},
		{"runtime/coro.go", "func coroexit(c *coro) {"},
		{"runtime/mgc.go", "func gcBgMarkStartWorkers() {"},
		{"runtime/time.go", "func timeSleep(ns int64) {"},
		{"runtime/time.go", "func time_runtimeNow() (sec int64, nsec int32, mono int64) {"},
		{"runtime/time.go", "func time_runtimeNano() int64 {"},
		{"runtime/time.go", "func newTimer(when, period int64, f func(arg any, seq uintptr, delay int64), arg any, c *hchan) *timeTimer {"},
		{"runtime/time.go", "func stopTimer(t *timeTimer) bool {"},
		{"runtime/time.go", "func resetTimer(t *timeTimer, when, period int64) bool {"},
		{"runtime/synctest.go", "func synctestRun(f func()) {"},
		{"runtime/proc.go", "func LockOSThread() {"},
		{"runtime/proc.go", "func UnlockOSThread() {"},
		{"runtime/rand.go", "func rand() uint64 {"},

		{"sync/mutex.go", "func (m *Mutex) Lock() {"},
		{"sync/mutex.go", "func (m *Mutex) TryLock() bool {"},
		{"sync/mutex.go", "func (m *Mutex) Unlock() {"},
		{"sync/rwmutex.go", "func (rw *RWMutex) Lock() {"},
		{"sync/rwmutex.go", "func (rw *RWMutex) TryLock() bool {"},
		{"sync/rwmutex.go", "func (rw *RWMutex) Unlock() {"},
		{"sync/rwmutex.go", "func (rw *RWMutex) RLock() {"},
		{"sync/rwmutex.go", "func (rw *RWMutex) TryRLock() bool {"},
		{"sync/rwmutex.go", "func (rw *RWMutex) RUnlock() {"},
		{"sync/waitgroup.go", "func (wg *WaitGroup) Add(delta int) {"},
		{"sync/waitgroup.go", "func (wg *WaitGroup) Done() {"},
		{"sync/waitgroup.go", "func (wg *WaitGroup) Wait() {"},
		{"sync/waitgroup.go", "func (wg *WaitGroup) Go(f func()) {"},
		{"sync/once.go", "func (o *Once) Do(f func()) {"},
		{"sync/cond.go", "func (c *Cond) Wait() {"},
		{"sync/cond.go", "func (c *Cond) Signal() {"},
		{"sync/cond.go", "func (c *Cond) Broadcast() {"},
		{"sync/pool.go", "func (p *Pool) Get() any {"},
		{"sync/pool.go", "func (p *Pool) Put(x any) {"},

		{"sync/atomic/value.go", "func (v *Value) Load() (val any) {"},
		{"sync/atomic/value.go", "func (v *Value) Store(val any) {"},
		{"sync/atomic/value.go", "func (v *Value) Swap(new any) (old any) {"},
		{"sync/atomic/value.go", "func (v *Value) CompareAndSwap(old, new any) (swapped bool) {"},

		{"runtime/race0.go", `func racereadpc(addr unsafe.Pointer, callerpc, pc uintptr)                  { throw("race") }`},
		{"runtime/race0.go", `func racewritepc(addr unsafe.Pointer, callerpc, pc uintptr)                 { throw("race") }`},
		{"runtime/race0.go", `func racereadrangepc(addr unsafe.Pointer, sz, callerpc, pc uintptr)         { throw("race") }`},
		{"runtime/race0.go", `func racewriterangepc(addr unsafe.Pointer, sz, callerpc, pc uintptr)        { throw("race") }`},
		{"runtime/race0.go", `func raceReadObjectPC(t *_type, addr unsafe.Pointer, callerpc, pc uintptr)  { throw("race") }`},
		{"internal/race/norace.go", "func ReadPC(addr unsafe.Pointer, callerpc, pc uintptr) {"},
		{"internal/race/norace.go", "func WritePC(addr unsafe.Pointer, callerpc, pc uintptr) {"},
		{"internal/race/norace.go", "func ReadObjectPC(t *abi.Type, addr unsafe.Pointer, callerpc, pc uintptr) {"},

		{"testing/testing.go", "func tRunner(t *T, fn func(t *T)) {"},
		{"testing/testing.go", "func (t *T) Parallel() {"},
		{"testing/testing.go", "func (c *common) Fail() {"},
		{"testing/testing.go", "func (c *common) FailNow() {"},
		{"testing/testing.go", "func (c *common) SkipNow() {"},
		{"testing/testing.go", "func (c *common) log(s string) {"},
		{"testing/testing.go", "func (c *common) Context() context.Context {"},
		{"testing/allocs.go", "func AllocsPerRun(runs int, f func()) (avg float64) {"},
		{"testing/testing.go", "func (c *common) callSite(skip int) string {"},
	},
	edits: []edit{
		// A goroutine that is a task has random numbers of its own.
		{"runtime/runtime2.go", "	gcAssistBytes int64", "	gcAssistBytes int64\n	annulusRandom uint64"},
	},
	words: []word{
		// What the runtime accesses on behalf of the program, if that is watched.
		{"runtime/slice.go", "raceenabled", "annulusWatch", 3},
		{"runtime/string.go", "raceenabled", "annulusWatch", 3},
		{"runtime/iface.go", "raceenabled", "annulusWatch", 2},
		{"runtime/mbarrier.go", "	if raceenabled {\n		callerpc :=", "	if annulusWatch {\n		callerpc :=", 1},
	},
	cuts: []cut{
		// The runtime's atomic operations on pointers for sync/atomic, which gets its own.
		{"runtime/atomic_pointer.go", "//go:linkname sync_atomic_StoreUintptr sync/atomic.StoreUintptr"},
	},
	emptied: []string{"sync/atomic/doc.go", "sync/atomic/doc_32.go", "sync/atomic/doc_64.go", "sync/atomic/type.go", "sync/atomic/asm.s"},
}.with(inFile("sync/map.go", mapMethods)...)

// mapMethods are those of sync.Map.
var mapMethods = []string{
	"func (m *Map) Load(key any) (value any, ok bool) {",
	"func (m *Map) Store(key, value any) {",
	"func (m *Map) Clear() {",
	"func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {",
	"func (m *Map) LoadAndDelete(key any) (value any, loaded bool) {",
	"func (m *Map) Delete(key any) {",
	"func (m *Map) Swap(key, value any) (previous any, loaded bool) {",
	"func (m *Map) CompareAndSwap(key, old, new any) (swapped bool) {",
	"func (m *Map) CompareAndDelete(key, old any) (deleted bool) {",
	"func (m *Map) Range(f func(key, value any) bool) {",
}
