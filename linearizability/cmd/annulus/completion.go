package main

import (
	"flag"
	"fmt"
	"strings"

	"annulus/schedules"
)

var completionCommand = command{
	name:    "completion",
	args:    "SHELL",
	summary: "print what makes bash, zsh or fish complete the words of annulus",
	about: `
For bash: annulus completion bash > ~/.local/share/bash-completion/completions/annulus
For zsh:  annulus completion zsh > a file _annulus in a directory of $fpath
For fish: annulus completion fish > ~/.config/fish/completions/annulus.fish

The shell asks annulus itself, which must be in the PATH under that name.`,
	examples: []string{"annulus completion bash"},
	declare: func(*flag.FlagSet) runner {
		return func(c *call) (int, error) {
			script, ok := completionScripts[c.args[0]]
			if !ok {
				return unusable, misused("there is no script for %q; there are bash, zsh and fish", c.args[0])
			}
			fmt.Fprint(c.out, script)
			return passed, nil
		}
	},
}

// shells are those that completion is for.
var shells = []string{"bash", "zsh", "fish"}

// completionScripts have each shell call the complete command.
var completionScripts = map[string]string{
	"bash": `# bash completion of annulus
_annulus() {
    local candidate rest current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    while IFS=$'\t' read -r candidate rest; do
        case $candidate in
        :files | :directories)
            compopt -o filenames 2>/dev/null
            local action=file path
            [[ $candidate == :directories ]] && action=directory
            while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -A "$action" -- "$current")
            ;;
        *) COMPREPLY+=("$candidate") ;;
        esac
    done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _annulus annulus
`,
	"zsh": `#compdef annulus
_annulus() {
    local candidate about
    local -a found
    while IFS=$'\t' read -r candidate about; do
        case $candidate in
        :files) _files ;;
        :directories) _files -/ ;;
        *) found+=("${candidate//:/\\:}:$about") ;;
        esac
    done < <("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( $#found )) && _describe annulus found
}
if [[ $funcstack[1] == _annulus ]]; then
    _annulus "$@"
else
    compdef _annulus annulus
fi
`,
	"fish": `# fish completion of annulus
function __annulus_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :directories
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c annulus -f -a '(__annulus_complete)'
`,
}

// What complete prints where the shell is to offer files or directories.
const (
	anyFile      = ":files"
	anyDirectory = ":directories"
)

// completeCommand prints what the last of the words behind -- may become, one
// candidate on a line, with what it is about behind a tab.
var completeCommand = command{
	name:     "complete",
	args:     restSynopsis,
	summary:  "print candidates for the shell",
	internal: true,
}

func init() {
	completeCommand.declare = func(*flag.FlagSet) runner {
		return func(c *call) (int, error) {
			if len(c.rest) == 0 {
				return passed, nil
			}
			last := len(c.rest) - 1
			for _, each := range candidates(c.rest[:last], c.rest[last]) {
				if strings.HasPrefix(each.word, c.rest[last]) || strings.HasPrefix(each.word, ":") {
					fmt.Fprintln(c.out, strings.TrimRight(each.word+"\t"+each.about, "\t"))
				}
			}
			return passed, nil
		}
	}
}

// candidate is what a word may become.
type candidate struct{ word, about string }

// candidates returns what may stand behind the words, the first of which is the
// command. What has been written of the next word decides between flags and the rest.
func candidates(words []string, written string) (list []candidate) {
	if len(words) == 0 {
		return commandCandidates()
	}
	c, err := find(words[0])
	if err != nil {
		return nil
	}
	f, _ := c.flags()
	arguments := 0
	for i := 1; i < len(words); i++ {
		word := words[i]
		if word == "--" {
			return nil // somebody else's
		}
		name, flagged := strings.CutPrefix(word, "-")
		name = strings.TrimPrefix(name, "-")
		given := f.Lookup(name)
		switch {
		case !flagged:
			arguments++
		case given != nil && takesValue(given):
			if i++; i == len(words) {
				kind, _ := flag.UnquoteUsage(given)
				return values(kind)
			}
		}
	}
	if strings.HasPrefix(written, "-") {
		f.VisitAll(func(f *flag.Flag) {
			_, about := flag.UnquoteUsage(f)
			list = append(list, candidate{"-" + f.Name, about})
		})
		return list
	}
	return argumentCandidates(c, arguments)
}

func takesValue(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return !ok || !b.IsBoolFlag()
}

// argumentCandidates returns what the argument of a number, from 0, may be, by the
// words of the synopsis.
func argumentCandidates(c *command, number int) (list []candidate) {
	args := strings.Fields(strings.TrimSuffix(c.args, restSynopsis))
	if len(args) == 0 || number >= len(args) && !strings.HasSuffix(args[len(args)-1], "...") {
		return nil
	}
	word := strings.Trim(args[min(number, len(args)-1)], "[.]")
	for kind := range strings.SplitSeq(word, "|") {
		list = append(list, values(strings.ToLower(kind))...)
	}
	return list
}

// values returns what may stand for a placeholder of a synopsis or a flag.
func values(kind string) (list []candidate) {
	switch kind {
	case "file", "a", "b":
		return []candidate{{word: anyFile}}
	case "directory":
		return []candidate{{word: anyDirectory}}
	case "scenario", "regexp":
		for _, p := range scenarios() {
			list = append(list, candidate{p.Name, p.About})
		}
	case "strategy", "strategies":
		for _, name := range schedules.StrategyNames() {
			list = append(list, candidate{word: name})
		}
	case "shell":
		for _, name := range shells {
			list = append(list, candidate{word: name})
		}
	case "command":
		return commandCandidates()
	}
	return list
}

func commandCandidates() (list []candidate) {
	for _, c := range commands() {
		if !c.internal {
			list = append(list, candidate{c.name, c.summary})
		}
	}
	return list
}
