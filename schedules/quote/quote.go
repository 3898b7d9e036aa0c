// Package quote makes words and texts of others safe to show: names of programs,
// tasks, objects and files, and what a program has logged. [Shell] is for commands that
// are pasted, [Text] and [Writer] for what a terminal shows.
package quote

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shell returns the word as a POSIX shell reads it back: as it is, if nothing in it
// means something to a shell, otherwise in single quotes. What a terminal would act on
// is made by printf in the shell, so that the command can be shown.
func Shell(word string) string {
	if word != "" && strings.IndexFunc(word, special) < 0 {
		return word
	}
	var b strings.Builder
	for word != "" {
		end := len(word)
		shown := shows(word)
		for i := range word {
			if shows(word[i:]) != shown {
				end = i
				break
			}
		}
		part := word[:end]
		word = word[end:]
		if shown {
			b.WriteString("'" + strings.ReplaceAll(part, "'", `'\''`) + "'")
			continue
		}
		b.WriteString(`"$(printf '`)
		for _, c := range []byte(part) {
			fmt.Fprintf(&b, `\%03o`, c)
		}
		b.WriteString(`')"`)
	}
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}

// special reports whether a shell may take the rune for something else than itself.
func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("_@%+=:,./-", r)
}

// shows reports whether the first rune of the text can stand in quotes. A new line can:
// printf could not make one at the end, which the shell takes away.
func shows(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return r == '\n' || !acts(r, size)
}

// acts reports whether a terminal does something else with a rune, of that many bytes,
// than show it in its place: control characters, what changes the direction of text,
// other characters without a picture, and bytes that are no UTF-8.
func acts(r rune, size int) bool {
	return r == utf8.RuneError && size <= 1 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Text returns the text with \u001b in place of an escape, and so on for everything
// that a terminal would act on, but for tabs and ends of lines. Bytes that are no UTF-8
// become \x9b. In JSON, where such bytes cannot be, the result means the same.
func Text(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError || escaped(r, 3) }) < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case !escaped(r, size):
			b.WriteString(text[i : i+size])
		case r == utf8.RuneError:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r > 0xffff:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}

func escaped(r rune, size int) bool { return r != '\n' && r != '\t' && acts(r, size) }

// Line is Text for what must stay on one line.
func Line(text string) string {
	return strings.NewReplacer("\n", `\u000a`, "\t", `\u0009`).Replace(Text(text))
}

// Cut returns the text, or its first most characters and an ellipsis.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n == most {
			return text[:i] + "…"
		}
		n++
	}
	return text
}

// Writer returns a writer that writes to w the [Text] of what is written to it. A
// character must be written as a whole.
func Writer(w io.Writer) io.Writer { return writer{w} }

type writer struct{ to io.Writer }

func (w writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
