package trace

import "slices"

// stateBefore returns the state of this name that was shown before event i, or nil.
func (t *Trace) stateBefore(i int, name string) *State {
	for j := i - 1; j >= 0; j-- {
		for _, s := range t.Events[j].States {
			if t.States[s].Name == name {
				return &t.States[s]
			}
		}
	}
	return nil
}

// changed tells which parts of the watched states have changed by event i, as "name:
// before → after". Parts of the names in known are left out.
func (t *Trace) changed(i int, known []string) []string {
	var texts []string
	for _, s := range t.Events[i].States {
		now := &t.States[s]
		if before := t.stateBefore(i, now.Name); before != nil {
			texts = append(texts, difference(before, now, known)...)
		}
	}
	return texts
}

// difference tells which parts of a state differ.
func difference(before, now *State, known []string) []string {
	var texts []string
	value := func(s *State, name string) string {
		for _, f := range s.Fields {
			if f.Name == name {
				return f.Value
			}
		}
		return ""
	}
	for _, f := range now.Fields {
		if old := value(before, f.Name); old != f.Value && !slices.Contains(known, f.Name) {
			texts = append(texts, f.Name+": "+change(old, f.Value))
		}
	}
	for _, f := range before.Fields {
		if value(now, f.Name) == "" && !slices.Contains(known, f.Name) {
			texts = append(texts, f.Name+": "+change(f.Value, ""))
		}
	}
	return texts
}
