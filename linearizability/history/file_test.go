package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"annulus/model"
	"annulus/schedules/files"
)

// everyKind is a history with every kind of operation, every optional field, and
// ranks from 0.
func everyKind() *History {
	h := &History{
		Ring:  model.Config{Capacity: 512, Classes: []uint64{64, 128}, CopyOnAccessBytes: 64, DiscardLive: true, Batch: 2},
		Tasks: []string{"main", "reader"}, Blocks: []string{"a", "b"},
	}
	ops := []model.Op{
		{Kind: model.OpAlloc, N: 60, Addr: 64, Gen: 3, Size: 64}, {Kind: model.OpAlloc, N: -1, Outcome: model.BadSize},
		{Kind: model.OpRelease, Addr: 64, Gen: 3, Tag: 1}, {Kind: model.OpHandOver, Addr: 64},
		{Kind: model.OpTryTombstone, Addr: 1 << 63, Outcome: model.Busy}, {Kind: model.OpCancel, Addr: 64, Tag: 1},
		{Kind: model.OpFree, Addr: 64, Tag: 1 << 63}, {Kind: model.OpBytes, Addr: 64, Outcome: model.Stale},
		{Kind: model.OpCopyOnAccess, Addr: 64, InRegion: true}, {Kind: model.OpCopyOnAccess, Addr: 64, Outcome: model.Foreign},
		{Kind: model.OpReserve, Evictor: 1, Addr: model.Unknown}, {Kind: model.OpReserve, Evictor: 1, Addr: 64, Size: 64},
		{Kind: model.OpReserve, Evictor: 1, Outcome: model.InFlight}, {Kind: model.OpReserve, Evictor: 1, N: 100, Addr: 64},
		{Kind: model.OpWait, Evictor: 1, Addr: model.Unknown}, {Kind: model.OpWait, Evictor: 1, Addr: 64}, {Kind: model.OpWait, Evictor: 1},
		{Kind: model.OpClaim, Evictor: 1, Addr: 64, Gen: 3, Tag: 1}, {Kind: model.OpUnclaim, Evictor: 1, Addr: model.Unknown},
		{Kind: model.OpReturn, Evictor: 1, Addr: model.Unknown, Cause: model.PatienceRanOut}, {Kind: model.OpReturn, Evictor: 1, Addr: 64, Cause: model.BatchStopped},
		{Kind: model.OpMark, Evictor: 1, Addr: model.Unknown},
		{Kind: model.OpFinish, Evictor: 1, Size: 64},
		{Kind: model.OpObserve, Seen: &model.Observation{Head: 1, Evicting: 2, Tail: 3}},
		{Kind: model.OpObserve, Seen: &model.Observation{Blocks: []model.Block{}}},
		{Kind: model.OpObserve, Seen: &model.Observation{Blocks: []model.Block{{Addr: 64, Size: 64, Gen: 1, State: model.Ready}, {Addr: 128, Size: 8, Filler: true}}}},
		{Kind: model.OpLook, Addr: 64, Gen: 1, State: model.FreeListed}, {Kind: model.OpDrained}, {Kind: model.OpClose, Outcome: model.Live},
		{Kind: model.OpAlloc, Worker: 3, N: 60, Addr: 64, Gen: 3, Size: 64}, {Kind: model.OpFree, Worker: 3, Addr: 64},
		{Kind: model.OpStock, Worker: 3, Addr: 64, Gen: 1, Size: 64}, {Kind: model.OpSpill, Worker: 3, Addr: 64}, {Kind: model.OpAim, Worker: 3, Addr: 64},
		{Kind: model.OpLook, Addr: 64, State: model.Spare},
	}
	h.Entries = then(ops...)
	return h
}

func written(t require.TestingT, h *History) string {
	var b bytes.Buffer
	require.NoError(t, h.Write(&b))
	return b.String()
}

// Every kind of operation is read as it was written, and the test has all kinds.
func TestHistoriesComeBack(t *testing.T) {
	h := everyKind()
	back, err := Read(strings.NewReader(written(t, h)), "every")
	require.NoError(t, err)
	assert.Equal(t, h, back)
	kinds := map[model.Kind]bool{}
	for _, e := range h.Entries {
		kinds[e.Op.Kind] = true
	}
	for k := model.OpAlloc; k <= model.OpAim; k++ {
		assert.True(t, kinds[k], "%v", k)
		assert.Contains(t, fieldsOf, k)
	}
	assert.Equal(t, "Kind?", (model.OpAim + 1).String(), "a new kind needs fields")

	const claimed = 17
	var one Entry
	text, err := json.Marshal(h.Entries[claimed])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &one))
	assert.Equal(t, h.Entries[claimed], one)
	_, err = json.Marshal(Entry{Op: model.Op{Kind: model.OpObserve}})
	assert.ErrorContains(t, err, `found Observe = ok without "seen"`)
	assert.ErrorContains(t, json.Unmarshal([]byte(strings.Replace(string(text), `"call":17`, `"call":-1`, 1)), &one), "found times from -1 to 17; expected ranks, from 0 to")
}

// A file of version 2 lacks only what came later, and is read as it is.
func TestVersion2IsRead(t *testing.T) {
	h := everyKind()
	h.Ring.Batch = 0
	back, err := Read(strings.NewReader(strings.Replace(written(t, h), `"version":3`, `"version":2`, 1)), "old")
	require.NoError(t, err)
	assert.Equal(t, h, back)
}

// Drawn histories are read as they were written, too, and get the same verdict.
func TestVerdictsOfHistoriesFromFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := walks(t, &small)
		if len(entries) > 0 && rapid.Bool().Draw(t, "spoil") {
			entries = spoil(t, entries)
		}
		for i := range entries { // what kinds do not use is not kept
			text, err := json.Marshal(entries[i])
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &entries[i]))
		}
		back, err := Read(strings.NewReader(written(t, &History{Ring: small, Entries: entries})), "drawn")
		require.NoError(t, err)
		require.Equal(t, judged(small, entries) == nil, back.Judge() == nil)
		require.Equal(t, errors.Is(judged(small, entries), ErrNotLinearizable), errors.Is(back.Judge(), ErrNotLinearizable))
	})
}

// Times in nanoseconds become ranks that overlap in the same way.
func TestTimesBecomeRanks(t *testing.T) {
	h, err := Read(strings.NewReader(exampleHeader+`
		{"task":1,"call":1700000000000000005,"return":1700000000000000009,"op":"Close","outcome":"ok"}

		{"task":2,"call":-7,"return":1700000000000000005,"op":"Close","outcome":"closed"}
		{ "end" : 2 }`), "times")
	require.NoError(t, err)
	assert.Equal(t, []int32{1, 2, 0, 1}, []int32{h.Entries[0].Call, h.Entries[0].Return, h.Entries[1].Call, h.Entries[1].Return})
	assert.NoError(t, h.Judge())
}

func TestBadHistoriesAreRefused(t *testing.T) {
	op := func(fields string) string {
		return exampleHeader + "\n\n" + `{"task":1,"call":1,"return":2,` + fields + "}"
	}
	for text, want := range map[string]string{
		"":         "f:1: found the end; expected a first line such as {",
		"\n\nring": "f:3: found no history; expected a first line such as {",
		`{"format":"annulus history","version":4,"new":1}`: "f:1: found version 4; expected version 3",
		`{"format":"annulus history","version":1,"new":1}`: "f:1: found version 1; expected version 3: a file of version 1 that is known to be whole becomes one",
		exampleHeader:                                                                                   `f:2: found the end; expected the rest: a whole file has a last line, which after 0 operations would be {"end":0}`,
		op(`"op":"Close","outcome":"ok"`):                                                               `f:4: found the end; expected the rest: a whole file has a last line, which after 1 operations would be {"end":1}`,
		op(`"op":"Close","outcome":"ok"`) + "\n{\"end\":2}":                                             `f:4: found {"end":2}; expected {"end":1}, the number of operations before it`,
		op(`"op":"Close","outcome":"ok"`) + "\n{\"end\":1}\n{\"end\":1}":                                `f:5: found "{\"end\":1}"; expected nothing behind the last line, {"end":1}`,
		op(`"op":"Close","outcome":"ok"`) + "\n{\"end\":1,\"x\":1}":                                     `f:4: found json: unknown field "end"; expected an operation, or the last line`,
		op(`"op":"Close","outcome":"ok"`) + "\n{\"end\":null}":                                          `f:4: found json: unknown field "end"; expected an operation, or the last line`,
		exampleHeader + "\n" + strings.Repeat(strings.Repeat(" ", 1000)+"\n", maxBytes/1001+1):          "found more text; expected a history of at most 67108864 bytes",
		strings.Replace(exampleHeader, `"ring"`, `"tasks":["`+strings.Repeat("x", 5000)+`"],"ring"`, 1): "f:1: found a name of 5000 bytes; expected at most 4096",
		strings.Replace(exampleHeader, `"ring":{`, `"ring":{"strict_lifo":false,`, 1):                   `f:1: found "strict_lifo" in the ring; expected a ring without it: in which order`,
		`{"format":"annulus history","version":2}`:                                                      "f:1: found no ring; expected a first line such as {",
		`{"format":"annulus history","version":2,"rings":{}}`:                                           `f:1: found json: unknown field "rings"; expected a first line`,
		strings.Replace(exampleHeader, "512", "-1", 1):                                                  "f:1: found -1 in the ring; expected from 0 to 2147483647",
		strings.Replace(exampleHeader, "512", "64", 1):                                                  "f:1: found a ring that cannot be: model: Capacity 64: must hold a block of the largest class, 128; expected one that can",
		exampleHeader + "\n" + exampleHeader:                                                            `f:2: found json: unknown field "format"; expected an operation, or the last line`,
		exampleHeader + "\n{}{}":                                                                        "f:2: found more behind the closing brace; expected one object in a line",
		exampleHeader + "\n{}":                                                                          `f:2: found no "task"; expected a task from 0 to 1023`,
		exampleHeader + "\n" + `{"task":1024}`:                                                          "f:2: found 1024 for task; expected a task from 0 to 1023",
		exampleHeader + "\n" + `{"task":1}`:                                                             `f:2: found no "call"; expected the time of the call`,
		exampleHeader + "\n" + `{"task":1,"call":1}`:                                                    `f:2: found no "return"; expected an operation that has returned: a history can be judged when all have`,
		exampleHeader + "\n" + `{"task":1,"call":1,"return":0}`:                                         "f:2: found a return at 0; expected one at 1 or later, the time of the call",
		exampleHeader + "\n" + strings.Repeat(" ", maxLine):                                             "f:2: found a longer line; expected less than 1048576 bytes in a line",
		op(`"op":"Allok","outcome":"ok"`):                                                               `f:3: found "Allok" for op; expected one of Alloc, Release,`,
		op(`"op":"Alloc","outcome":"good"`):                                                             `f:3: found "good" for outcome; expected one of ok, full,`,
		op(`"op":"Alloc"`):                                                                              `f:3: found "" for outcome; expected one of`,
		op(`"op":"Alloc","n":64,"outcome":"ok"`):                                                        `f:3: found Alloc = ok without "addr"; expected "addr"`,
		op(`"op":"Alloc","n":64,"addr":0,"outcome":"full"`):                                             `f:3: found Alloc = full with "addr"; expected task, call, return, op, outcome and of ["n" "gen" "worker"]`,
		op(`"op":"Return","evictor":1,"cause":"tired","outcome":"ok"`):                                  `f:3: found "tired" for cause; expected one of callback failed,`,
		op(`"op":"Look","addr":1,"state":"Red","outcome":"ok"`):                                         `f:3: found "Red" for state; expected one of None, NotReady,`,
		op(`"op":"Observe","seen":{"head":1,"evicting":2},"outcome":"ok"`):                              `f:3: found "seen" without all of head, evicting and tail; expected all three`,
		op(`"op":"Close","outcome":"ok","gen":70000`):                                                   "f:3: found json: cannot unmarshal number 70000",
		op(`"op":"Observe","seen":{"head":1,"evicting":2,"tail":3,"blocks":[{}]},"outcome":"ok"`):       `f:3: found a block in "seen" without addr or size; expected both`,
	} {
		_, err := Read(strings.NewReader(text), "f")
		var bad *files.SyntaxError
		require.ErrorAs(t, err, &bad, "%.80s", text)
		assert.ErrorContains(t, err, want)
	}
	broken := errors.New("broken")
	_, err := Read(iotest.ErrReader(broken), "f")
	assert.ErrorIs(t, err, broken)
}

// A long history is drawn without orders, whose size would grow with its square.
func TestHistoriesAreDrawn(t *testing.T) {
	h := &History{Ring: small, Tasks: []string{"main", "writer"}}
	for n := range maxDrawn {
		h.Entries = append(h.Entries, then(made(model.Addr(64*n), 1)...)...)
	}
	var long, short bytes.Buffer
	require.NoError(t, h.Visualize(&long))
	h.Entries = h.Entries[:4]
	require.NoError(t, h.Visualize(&short))
	assert.Contains(t, short.String(), "Alloc(64) = 0.0, 64 bytes")
	assert.Less(t, long.Len(), short.Len()+maxDrawn*1000)
	assert.ErrorContains(t, (&History{}).Visualize(&short), "at least one class")
	assert.ErrorContains(t, (&History{}).Judge(), "at least one class")
}

// The example in docs/histories.md gets the explanation that the page shows, and its table
// has the fields of every operation.
func TestDocumentedHistory(t *testing.T) {
	page, err := os.ReadFile("../../docs/histories.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```json\n")
	require.True(t, found)
	text, rest, _ := strings.Cut(rest, "```")
	h, err := Read(strings.NewReader(text), "histories.md")
	require.NoError(t, err)
	err = h.Judge()
	var not *NotLinearizableError
	require.ErrorAs(t, err, &not)
	_, rest, _ = strings.Cut(rest, "```\n")
	said, rest, _ := strings.Cut(rest, "```")
	assert.Equal(t, said, not.Why.String())
	for k, f := range fieldsOf {
		row := "| " + k.String() + " | " + cell(f.always) + " | " + cell(f.ok) + " | " + cell(f.perhaps) + " |\n"
		assert.Contains(t, rest, row)
	}
}

func cell(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return "`" + strings.Join(names, "` `") + "`"
}
