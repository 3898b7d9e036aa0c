package scenario

// For tests outside the package, which share what draws programs with others.

func (p *Program) Lists() []*[]Op { return p.lists() }
func (p *Program) Clone() Program { return p.clone() }
func (p *Program) Tidy()          { p.tidy() }

var FormatOps = formatOps
