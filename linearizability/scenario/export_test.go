package scenario

// Exported for the tests in package scenario_test, which draw programs by means that they
// share with other packages, and therefore cannot be in this one.

func (p *Program) Lists() []*[]Op { return p.lists() }
func (p *Program) Clone() Program { return p.clone() }
func (p *Program) Tidy()          { p.tidy() }

var FormatOps = formatOps
