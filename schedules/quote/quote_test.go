package quote

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// hostile are words that do harm where they are not quoted.
var hostile = []string{
	"", " ", "a b", "x;touch${IFS}p", "$(id)", "`id`", "it's", `a"b`, `a\b`, "~", "*", "#a", "a#b", "!!", "a\tb", "-n", "{a,b}",
	"\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\x9bb", "\u009b31m", "\u202egnp.exe", "a\u2066b\u2069", "\x7f", "\r", "a\nb", "a\n", "\n\n",
	"\x00", "\U000e0041", "\u200b", "\ufeff", "\xff\xfe", "tab\there", "naïve 世界",
}

// A shell reads every word back.
func TestShellReadsWordsBack(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell")
	}
	for _, word := range hostile {
		if strings.Contains(word, "\x00") {
			continue // no argument of a command can have it
		}
		quoted := Shell(word)
		out, err := exec.Command(sh, "-c", "printf '%s.' "+quoted).Output()
		if err != nil || string(out) != word+"." {
			t.Errorf("%q was quoted as %s, which a shell reads as %q, %v", word, quoted, out, err)
		}
		if Text(quoted) != quoted {
			t.Errorf("%q was quoted as %q, on which a terminal acts", word, quoted)
		}
	}
	for _, word := range []string{"a", "./x/y-1.json", "-run", "a=b", "^Test"} {
		if plain := Shell(word); strings.HasPrefix(plain, "'") != (word == "^Test") {
			t.Errorf("%q was quoted as %s", word, plain)
		}
	}
}

// What is shown has nothing on which a terminal acts, and says what was there.
func TestTextShowsEverything(t *testing.T) {
	for _, word := range hostile {
		shown := Text(word)
		for _, r := range shown {
			if r != '\n' && r != '\t' && acts(r, len(string(r))) || r == '\uFFFD' {
				t.Errorf("%q is shown as %q, with %U", word, shown, r)
			}
		}
		if strings.ContainsAny(Line(word), "\n\t") {
			t.Errorf("%q does not stay on its line: %q", word, Line(word))
		}
		if Text(shown) != shown {
			t.Errorf("%q is not shown as itself", shown)
		}
		// JSON means the same.
		var before bytes.Buffer
		encoder := json.NewEncoder(&before)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(word); err != nil {
			t.Fatal(err)
		}
		var was, is string
		if err := json.Unmarshal(before.Bytes(), &was); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(Text(before.String())), &is); err != nil || was != is {
			t.Errorf("%q in JSON became %q, %v", was, is, err)
		}
	}
	for text, want := range map[string]string{
		"\x1b[1m": `\u001b[1m`, "\xff": `\xff`, "\u202ea": `\u202ea`, "\U000e0041": `\udb40\udc41`, "a\tb\nc": "a\tb\nc", "\uFFFD": "\uFFFD", "世界": "世界",
	} {
		if got := Text(text); got != want {
			t.Errorf("%q is shown as %q, expected %q", text, got, want)
		}
	}
}

func TestWriterShowsWhatIsWritten(t *testing.T) {
	var b bytes.Buffer
	n, err := Writer(&b).Write([]byte("a\x1b[1mb\n"))
	if n != 7 || err != nil || b.String() != "a\\u001b[1mb\n" {
		t.Errorf("%d, %v, %q", n, err, b.String())
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äöü…"}, {"", 0, ""}} {
		if got := Cut(c.text, c.most); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, expected %q", c.text, c.most, got, c.want)
		}
	}
}
