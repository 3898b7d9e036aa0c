package main

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

var helpCommand = command{
	name:     "help",
	args:     "[COMMAND]",
	summary:  "tell how annulus, or one of its commands, is used",
	examples: []string{"annulus help", "annulus help verify"},
}

// The command lists all commands, itself included: an initialiser would be a cycle.
func init() {
	helpCommand.declare = func(*flag.FlagSet) runner {
		return func(c *call) (int, error) {
			if len(c.args) == 0 {
				fmt.Fprint(c.out, usage())
				return passed, nil
			}
			about, err := find(c.args[0])
			if err == nil {
				fmt.Fprint(c.out, about.usage())
			}
			return passed, err
		}
	}
}

var versionCommand = command{
	name:    "version",
	summary: "tell from which source annulus was built, as far as the build has recorded it",
	json: `
module    path of the module
version   its version, or (devel)
revision  commit, absent if it was not recorded
modified  true if files had been changed since the commit
go        version of Go`,
	examples: []string{"annulus version"},
	declare: func(f *flag.FlagSet) runner {
		asJSON := jsonFlag(f)
		return func(c *call) (int, error) {
			v := buildVersion()
			if *asJSON {
				printJSON(c.out, v)
				return passed, nil
			}
			revision := "revision not recorded"
			if v.Revision != "" {
				revision = "revision " + v.Revision
			}
			if v.Modified {
				revision += ", modified"
			}
			fmt.Fprintf(c.out, "%s %s, %s, %s %s/%s\n", v.Module, v.Version, revision, v.Go, runtime.GOOS, runtime.GOARCH)
			return passed, nil
		}
	},
}

// build is what the binary has recorded about its source.
type build struct {
	Module   string `json:"module"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
}

func buildVersion() build {
	v := build{Module: "annulus", Version: "unknown version", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Module, v.Version = info.Main.Path, info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// usage is the usage text of annulus.
func usage() string {
	var b strings.Builder
	b.WriteString("usage: annulus COMMAND [flags] [arguments]\n\n")
	for _, c := range commands() {
		if !c.internal {
			fmt.Fprintf(&b, "  %-10s  %s\n", c.name, c.summary)
		}
	}
	b.WriteString("\n\"annulus help COMMAND\" has the flags and examples of a command.\n\nExit status:\n\n")
	for _, e := range exits {
		fmt.Fprintf(&b, "  %d  %s\n", e.status, e.meaning)
	}
	return b.String()
}
