package overlay

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// A Misfit says that a toolchain is not one into whose standard library the scheduler can
// be placed.
type Misfit struct {
	Version string // of the toolchain
	Why     string // on one line
}

// Error returns why the toolchain does not fit, on one line.
func (m *Misfit) Error() string {
	return fmt.Sprintf("the toolchain %s is not supported: %s", m.Version, m.Why)
}

// patched are files of the standard library with what is done to them, by their names
// below GOROOT/src.
type patched struct {
	src   string
	files map[string]string
}

// patch applies the anchors to the files below src, none of which is changed.
func patch(src string, a anchors) (map[string]string, error) {
	p := &patched{src, map[string]string{}}
	for _, r := range a.renames {
		if err := p.replace(r.file, r.function, renamed(r.function)); err != nil {
			return nil, err
		}
	}
	for _, e := range a.edits {
		if err := p.replace(e.file, e.line, e.by); err != nil {
			return nil, err
		}
	}
	for _, w := range a.words {
		if err := p.replaceAll(w); err != nil {
			return nil, err
		}
	}
	for _, c := range a.cuts {
		if err := p.replace(c.file, c.line, ""); err != nil {
			return nil, err
		}
	}
	for file, text := range p.files {
		p.files[file] = strings.TrimPrefix(text, "\n")
	}
	for _, file := range a.emptied {
		p.empty(file)
	}
	return p.files, nil
}

// replace replaces a line of a file; by nothing, if that is all that follows, too.
func (p *patched) replace(file, line, by string) error {
	text, err := p.text(file)
	if err != nil {
		return err
	}
	if n := strings.Count(text, "\n"+line+"\n"); n != 1 {
		return fmt.Errorf("its file %s has the line %q %d times, not once", file, line, n)
	}
	before, after, _ := strings.Cut(text, "\n"+line+"\n")
	if by == "" {
		p.files[file] = before + "\n"
	} else {
		p.files[file] = before + "\n" + by + "\n" + after
	}
	return nil
}

// text returns what a file has become so far, with a line end in front of every line.
func (p *patched) text(file string) (string, error) {
	if text, ok := p.files[file]; ok {
		return text, nil
	}
	content, err := os.ReadFile(filepath.Join(p.src, filepath.FromSlash(file)))
	if err != nil {
		return "", fmt.Errorf("its file %s cannot be read: %w", file, err)
	}
	return "\n" + string(content), nil
}

// replaceAll replaces a word.
func (p *patched) replaceAll(w word) error {
	text, err := p.text(w.file)
	if err != nil {
		return err
	}
	if n := strings.Count(text, w.word); n != w.times {
		return fmt.Errorf("its file %s has the text %q %d times, not %d", w.file, w.word, n, w.times)
	}
	p.files[w.file] = strings.ReplaceAll(text, w.word, w.by)
	return nil
}

// empty leaves nothing of a file but its package clause, if there is the file.
func (p *patched) empty(file string) {
	if _, err := os.Stat(filepath.Join(p.src, filepath.FromSlash(file))); err != nil {
		return
	}
	p.files[file] = ""
	if strings.HasSuffix(file, ".go") {
		dir := filepath.Base(filepath.Dir(file))
		p.files[file] = "package " + dir + "\n"
	}
}

// renamed returns the first line of a function that has been renamed.
func renamed(line string) string {
	at := strings.Index(line, ") ") + len(") ") // behind the receiver
	if !strings.HasPrefix(line, "func (") {
		at = len("func ")
	}
	name := []rune(line[at:])
	name[0] = unicode.ToUpper(name[0])
	return line[:at] + "annulus" + string(name)
}
