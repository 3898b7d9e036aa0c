package main

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"annulus/buffer/internal/performance/figures"
	"annulus/buffer/internal/performance/sample"
)

const docs = "../../../docs"

// TestMain lets the test binary take samples as the program does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sampleCommand {
		main()
		return
	}
	os.Exit(m.Run())
}

// A quick run fills the whole page: each section has each subject that it is about, and
// its images.
func TestQuickRunFillsThePage(t *testing.T) {
	dir := t.TempDir()
	page, data := filepath.Join(docs, "performance.md"), filepath.Join(dir, "data.json")
	require.NoError(t, command([]string{"-quick", "-page", page, "-out", dir, "-data", data}))
	text := read(t, filepath.Join(dir, "performance.md"))
	for name, wants := range map[string][]string{
		"how":         {"Rounds: 1. Samples: 1", " of 2ms, taken in ", "otter v2.", "fastcache v1.", "freecache v1.", "bigcache v3.", "compare-and-swap took"},
		"throughput":  slices.Concat(rows(sample.Subjects), []string{"### W1", "### W2", "### W2m", "### W3", "### W3-mix"}),
		"freed":       rows(sample.Orders),
		"latency":     rows([]string{"Alloc, Buffer", "Alloc, Workers", "EvictOne, Buffer", "EvictOne, Workers", "AllocOrEvict, 1 ms, Buffer", "AllocOrEvict, 1 ms, Workers"}),
		"memory":      rows([]string{"nothing", "Buffer", "slab", "fastcache", "freecache", "bigcache", "otter"}),
		"nanoseconds": rows([]string{"Lock and Unlock", "W1, Buffer", "W1, Workers", "W2, Buffer", "W2, Workers"}),
		"original":    {"bf-tree 0.5.1"},
	} {
		first, last := marks(name)
		_, rest, _ := strings.Cut(text, first)
		section, _, _ := strings.Cut(rest, last)
		for _, want := range wants {
			require.Contains(t, section, want, name)
		}
	}
	images := linked(text)
	require.Len(t, images, len(sample.Workloads)+5)
	require.Equal(t, images, drawn(t, dir))
	for _, image := range images {
		requireXML(t, read(t, filepath.Join(dir, "images", image)))
	}
	// What was kept gives the same page again.
	again := t.TempDir()
	require.NoError(t, command([]string{"-from", data, "-page", page, "-out", again}))
	require.Equal(t, text, read(t, filepath.Join(again, "performance.md")))
}

func rows(names []string) (all []string) {
	for _, name := range names {
		all = append(all, "\n| "+name+" | ")
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func linked(page string) (images []string) {
	for _, m := range regexp.MustCompile(`\]\(images/(performance-.+\.svg)\)`).FindAllStringSubmatch(page, -1) {
		images = append(images, m[1])
	}
	slices.Sort(images)
	return images
}

func drawn(t *testing.T, dir string) (images []string) {
	paths, err := filepath.Glob(filepath.Join(dir, "images", "performance-*.svg"))
	require.NoError(t, err)
	for _, p := range paths {
		images = append(images, filepath.Base(p))
	}
	return images
}

func requireXML(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

// The page that is kept shows the images that are kept, all of them.
func TestThePageHasItsImages(t *testing.T) {
	images := linked(read(t, filepath.Join(docs, "performance.md")))
	require.NotEmpty(t, images)
	require.Equal(t, images, drawn(t, docs))
}

func TestInsert(t *testing.T) {
	first, last := marks("how")
	page, err := insert("a\n"+first+"old\n"+last+"b\n", "how", "new\n\n")
	require.NoError(t, err)
	require.Equal(t, "a\n"+first+"\nnew\n\n"+last+"b\n", page)
	same, err := insert(page, "how", "new")
	require.NoError(t, err)
	require.Equal(t, page, same)
	for _, broken := range []string{"a\n" + first, last + first, ""} {
		_, err = insert(broken, "how", "new")
		require.ErrorContains(t, err, "must have the lines")
	}
}

func TestBadArguments(t *testing.T) {
	for _, args := range [][]string{{"-rounds", "0"}, {"-only", "("}, {"-only", "nothing has this name"}, {"-from", "missing"}, {sampleCommand, "{"}, {"-quick", "-only", "none"}} {
		require.Error(t, command(args), args)
	}
}

// A sample that fails ends the run, with what the process said.
func TestFailuresAreReported(t *testing.T) {
	_, err := measure([]cell{{specs: []sample.Spec{{Kind: "none"}}}}, 1, regexp.MustCompile(""), io.Discard)
	require.ErrorContains(t, err, `there is no kind "none"`)
}

func TestThePlanMeasuresWhatThePageShows(t *testing.T) {
	seen := map[sample.Spec]bool{}
	for _, c := range plan(time.Second) {
		require.NotEmpty(t, c.specs)
		for _, s := range c.specs {
			require.False(t, seen[s], "%v twice", s)
			seen[s] = true
		}
	}
	for _, only := range []string{"^throughput/W3-mix/64MiB/2goroutines/.*/otter$", "^W4/random/1000000/", "^callback/.*/8goroutines/", "^memory/512MiB/"} {
		require.NotEmpty(t, matching(plan(time.Second), regexp.MustCompile(only)), only)
	}
	require.Less(t, len(quick()), len(plan(0))/3)
}

func TestSubjectsAreMeasuredInTurn(t *testing.T) {
	some := matching(plan(time.Second), regexp.MustCompile("/W1/8MiB/1goroutines/1procs/"))
	require.Len(t, some, 1)
	var order []string
	for _, s := range some[0].specs {
		order = append(order, s.Subject)
	}
	require.Equal(t, sample.Subjects, order)
}

func TestReportFindsFigures(t *testing.T) {
	spec := sample.Spec{Kind: sample.Throughput, Subject: sample.Slab, Workload: "W1", MiB: 8, Goroutines: 1, Procs: 2, Time: 5}
	skipped := sample.Spec{Kind: sample.Throughput, Subject: sample.Pool, Workload: "W2", MiB: 8, Goroutines: 1, Procs: 2}
	r := reportOf(&run{Results: []sample.Result{
		{Spec: spec, Ns: 10, CAS: 2}, {Spec: spec, Ns: 30, CAS: 10}, {Spec: spec, Ns: 20, CAS: 5}, {Spec: skipped, Skipped: "it is so"},
	}})
	spec.Time = 0
	require.Equal(t, figures.Summary{Median: 20, Min: 10, Max: 30, N: 3}, r.ns(spec))
	require.Equal(t, figures.Summary{Median: 4, Min: 3, Max: 5, N: 3}, r.multiple(spec))
	require.Equal(t, "20 (10–30) · 4×", r.both(spec))
	require.Equal(t, "–", r.both(skipped))
	require.Equal(t, []string{"sync.Pool: it is so"}, r.reasons(sample.Throughput))
	require.Equal(t, 2, r.most())
}

func TestInstructionsOf(t *testing.T) {
	is, err := instructionsOf(map[string]float64{"Lock": 2, "Unlock": 2, "CompareAndSwap": 3, "Store": 1, "Swap": 1, "Add": 4, "Load": 5})
	require.NoError(t, err)
	require.Equal(t, instructions{2, 3, 2, 4, 5}, is)
	_, err = instructionsOf(map[string]float64{"RLock": 1})
	require.ErrorContains(t, err, "RLock")
}

func TestParseOriginal(t *testing.T) {
	notes, all, err := parseOriginal("# comment\n\nnote how it was\nfigure W1 8 1 9.3 9.0 9.8\nfigure W4/random 1000 1 10 9 11\n")
	require.NoError(t, err)
	require.Equal(t, []string{"how it was"}, notes)
	require.Len(t, all, 2)
	require.Equal(t, "9.30 (9–9.80)", all[0].String())
	require.Equal(t, sample.Spec{Kind: sample.Throughput, Subject: "s", Workload: "W1", MiB: 8, Goroutines: 1, Procs: 2}, all[0].spec("s", 2))
	require.Equal(t, sample.Spec{Kind: sample.Freed, Subject: "s", Order: "random", N: 1000, Procs: 2}, all[1].spec("s", 2))
	for text, want := range map[string]string{
		"figure W1 8 1 9.3 9.0\n": "original.txt:1: field 6", "\nfigure W1 8 one 1 1 1\n": "original.txt:2: field 3",
		"figure W1 8 1 9 10 11\n": "not between", "W1 8\n": "note or figure",
	} {
		_, _, err := parseOriginal(text)
		require.ErrorContains(t, err, want)
	}
}

func TestOriginals(t *testing.T) {
	defer func(before string) { originalText = before }(originalText)
	originalText = "figure W1 8 1 10 9 11\n"
	spec := sample.Spec{Kind: sample.Throughput, Subject: sample.Ring, Workload: "W1", MiB: 8, Goroutines: 1, Procs: 2}
	s := &sheet{images: map[string]string{}}
	require.NoError(t, originals(reportOf(&run{Results: []sample.Result{{Spec: spec, Ns: 24, CAS: 2}}}), s))
	require.Contains(t, s.String(), "| W1 | 8 | 1 | 10 (9–11) | 12 | – | 1.20 | – |")
}

func TestEverySectionHasItsMarks(t *testing.T) {
	page := read(t, filepath.Join(docs, "performance.md"))
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`<!-- performance ([a-z]+): from here`).FindAllStringSubmatch(page, -1) {
		named[m[1]] = true
	}
	var names []string
	for _, s := range sections {
		names = append(names, s.name)
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(named)))
}
