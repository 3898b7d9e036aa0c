//go:build annulus_overlay && go1.26

package testing

func annulusPaths(to, from *T) { to.modulePath, to.importPath = from.modulePath, from.importPath }
