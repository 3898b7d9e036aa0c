package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"annulus/schedules/trace"
	"annulus/schedules/trace/internal/samples"
)

func pageOf(t *testing.T, tr *trace.Trace) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, trace.HTML(&b, tr))
	return b.String()
}

func TestPageHoldsTheWholeTrace(t *testing.T) {
	for name, tr := range map[string]*trace.Trace{"ring": samples.Ring(), "hostile": samples.Hostile()} {
		_, rest, found := strings.Cut(pageOf(t, tr), `<script type="application/json" id="trace">`)
		require.True(t, found, name)
		data, _, found := strings.Cut(rest, "</script>")
		require.True(t, found, name)
		var got trace.Trace
		require.NoError(t, json.Unmarshal([]byte(data), &got), name)
		var want bytes.Buffer
		require.NoError(t, trace.Write(&want, tr))
		var again bytes.Buffer
		require.NoError(t, trace.Write(&again, &got))
		shown := strings.ReplaceAll(want.String(), `\u`, `\\u`) // what a terminal or browser would act on
		assert.Equal(t, shown, again.String(), name)
	}
}

func TestNoTextEndsAnElementOfThePage(t *testing.T) {
	page := pageOf(t, samples.Hostile())
	assert.Equal(t, 2, strings.Count(page, "</script>"), "the data and the program")
	assert.NotContains(t, page, "<img")
}

// The page opens where the failure shows: at the return that fits nowhere, at the message,
// or at what a task waits for in the end.
func TestPageOpensAtTheFailure(t *testing.T) {
	opens := regexp.MustCompile(`data-opens="(\d+)"`)
	for name, c := range map[string]struct {
		tr *trace.Trace
		is func(ev trace.Event) bool
	}{
		"ring":        {samples.Ring(), func(ev trace.Event) bool { return ev.Kind == trace.Response && ev.Result == "ok" && ev.Step == 30 }},
		"lost update": {samples.LostUpdate(), func(ev trace.Event) bool { return ev.Kind == trace.Log }},
		"deadlock":    {samples.Deadlock(), func(ev trace.Event) bool { return ev.Kind == trace.Pending && ev.Op == "Lock" }},
	} {
		found := opens.FindStringSubmatch(pageOf(t, c.tr))
		require.NotNil(t, found, name)
		at, err := strconv.Atoi(found[1])
		require.NoError(t, err)
		assert.True(t, c.is(c.tr.Events[at]), "%s: %+v", name, c.tr.Events[at])
	}
	assert.Contains(t, pageOf(t, &trace.Trace{}), `data-opens="0"`)
}

func TestPageNeedsNoNetwork(t *testing.T) {
	page := pageOf(t, samples.LostUpdate())
	address := regexp.MustCompile(`(https?:)?//[a-z0-9.-]+\.[a-z]+[^\s"']*`)
	for _, found := range address.FindAllString(page, -1) {
		assert.Contains(t, found, "www.w3.org/2000/svg", "the name of a namespace is not loaded")
	}
	assert.Contains(t, page, "default-src &#39;none&#39;")
}

func TestPageOf200StepsIsSmall(t *testing.T) {
	tr := samples.Long(210)
	require.GreaterOrEqual(t, tr.Failure.Steps, 200)
	assert.Less(t, len(pageOf(t, tr)), 1<<20)
}

// failingWriter fails at once.
type failingWriter struct{}

var errFull = errors.New("no room")

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func TestPageReportsErrors(t *testing.T) {
	assert.ErrorIs(t, trace.HTML(failingWriter{}, samples.LostUpdate()), errFull)
	assert.ErrorIs(t, trace.Perfetto(failingWriter{}, samples.LostUpdate()), errFull)
}

func ExampleHTML() {
	t := &trace.Trace{Program: "nothing", Tasks: []string{"main"}}
	file, err := os.CreateTemp("", "trace-*.html")
	if err != nil {
		panic(err)
	}
	defer os.Remove(file.Name())
	if err := trace.HTML(file, t); err != nil {
		panic(err)
	}
	if err := file.Close(); err != nil {
		panic(err)
	}
	// open it in a browser
}
