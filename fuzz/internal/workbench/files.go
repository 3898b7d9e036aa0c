package workbench

import (
	"encoding/json"
	"os"
	"path/filepath"

	"annulus/schedules/files"
)

// Write replaces a file as a whole, so that an interrupted run leaves no part of a file. It
// makes the directories that are missing.
func Write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return files.ReplaceBy(path, content)
}

// WriteOverlay writes changed files below dir, and an overlay file, which makes the go
// command read them instead of the originals. changed has the contents by the paths of the
// originals, which are relative to the root of the module and have slashes. WriteOverlay
// returns the path of the overlay file. That, dir and the paths in the overlay are relative
// to root unless dir is absolute: the go command must be run in root.
func WriteOverlay[T string | []byte](root, dir string, changed map[string]T) (overlay string, err error) {
	at := func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(root, path)
	}
	replace := map[string]string{}
	for file, content := range changed {
		path := filepath.Join(dir, filepath.FromSlash(file))
		if err := Write(at(path), []byte(content)); err != nil {
			return "", err
		}
		replace[filepath.FromSlash(file)] = path
	}
	content, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(dir, "overlay.json")
	return overlay, Write(at(overlay), append(content, '\n'))
}
