package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"annulus/buffer/internal/performance/figures"
)

// section writes what stands between two marks of the page, and draws its images.
type section struct {
	name  string
	write func(r *report, s *sheet) error
}

var sections = []section{
	{"how", how}, {"throughput", throughputs}, {"freed", freedBlocks}, {"latency", latencies},
	{"memory", memories}, {"nanoseconds", nanoseconds}, {"original", originals},
}

// sheet collects the text and the images of a section.
type sheet struct {
	strings.Builder
	images map[string]string
}

func (s *sheet) say(format string, args ...any) { fmt.Fprintf(s, format+"\n\n", args...) }

func (s *sheet) table(t *figures.Table) { s.WriteString(t.String() + "\n") }

// image adds a plot, and a reference to it.
func (s *sheet) image(name, about string, plot interface{ SVG() (string, error) }) error {
	svg, err := plot.SVG()
	if err != nil {
		return err
	}
	s.images["performance-"+name+".svg"] = svg
	s.say("![%s](images/performance-%s.svg)", about, name)
	return nil
}

// marks returns the lines between which a section stands.
func marks(name string) (first, last string) {
	return fmt.Sprintf("<!-- performance %s: from here to the next mark, make performance writes this -->\n", name),
		fmt.Sprintf("<!-- performance %s: end -->\n", name)
}

// insert replaces a section of the page.
func insert(page, name, text string) (string, error) {
	first, last := marks(name)
	before, rest, ok1 := strings.Cut(page, first)
	_, after, ok2 := strings.Cut(rest, last)
	if !ok1 || !ok2 {
		return "", fmt.Errorf("the page must have the lines\n%sand\n%s", first, last)
	}
	return before + first + "\n" + strings.TrimSpace(text) + "\n\n" + last + after, nil
}

// write puts the figures of a run into the page, and both the page and the images into
// the directory out.
func write(m *run, page, out string) error {
	content, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	text, r := string(content), reportOf(m)
	images := map[string]string{}
	for _, each := range sections {
		s := &sheet{images: images}
		if err := each.write(r, s); err != nil {
			return fmt.Errorf("%s: %w", each.name, err)
		}
		if text, err = insert(text, each.name, s.String()); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(out, "images"), 0o777); err != nil {
		return err
	}
	for name, svg := range images {
		if err := os.WriteFile(filepath.Join(out, "images", name), []byte(svg), 0o666); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(out, filepath.Base(page)), []byte(text), 0o666)
}
