package schedules

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"annulus/schedules/trace"
)

// overlayVariable names an environment variable: a file for -overlay of the go command
// with which the program was built, so that what is quoted is what runs.
const overlayVariable = "ANNULUS_OVERLAY"

// overlay is what stands in the place of files, by their names.
var overlay = sync.OnceValue(func() map[string]string { return readOverlay(os.Getenv(overlayVariable)) })

// readOverlay reads an overlay. Without one that can be read nothing is replaced: a trace
// is of use without quotes.
func readOverlay(path string) map[string]string {
	var o struct{ Replace map[string]string }
	content, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(content, &o) != nil {
		return nil
	}
	replaced := map[string]string{}
	for file, instead := range o.Replace {
		if full, err := filepath.Abs(file); err == nil {
			replaced[full] = instead
		}
	}
	return replaced
}

// texts keeps the source files that traces quote, as lines. A file that cannot be
// read has none.
var texts sync.Map

func sourceLines(file string) []string {
	if lines, ok := texts.Load(file); ok {
		return lines.([]string)
	}
	content, err := os.ReadFile(cmp.Or(overlay()[file], file))
	lines := strings.Split(string(content), "\n")
	if err != nil {
		lines = nil // a trace is of use without them
	}
	texts.Store(file, lines)
	return lines
}

// sourceLine returns a line of a source file, "" if that cannot be read.
func sourceLine(file string, number int) string {
	lines := sourceLines(file)
	if number < 1 || number > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[number-1])
}

// around is how many lines before and after a place a trace quotes.
const around = 6

// sources returns the stretches of source files around the places.
func sources(places map[place]int) []trace.Source {
	var all []place
	for p := range places {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b place) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return a.line - b.line
	})
	var list []trace.Source
	file, end := "", 0 // of the last stretch
	for _, p := range all {
		lines := sourceLines(p.file)
		first, last := max(1, p.line-around), min(len(lines), p.line+around)
		if first > last {
			continue
		}
		if p.file == file && first <= end+1 {
			s := &list[len(list)-1]
			s.Lines = append(s.Lines, lines[end:max(end, last)]...)
			end = max(end, last)
			continue
		}
		list = append(list, trace.Source{File: p.stable(), First: first, Lines: slices.Clone(lines[first-1 : last])})
		file, end = p.file, last
	}
	return list
}
