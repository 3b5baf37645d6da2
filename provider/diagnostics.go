// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// sentence makes a diagnostic's sentence of an error: upper case, full stop.
func sentence(err error) string {
	return sentenceOf(err.Error())
}

func sentenceOf(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(r)) + s[n:]
	if !strings.ContainsAny(s[len(s)-1:], ".?!") {
		s += "."
	}
	return s
}

// problemDiagnostics turns what validate found into diagnostics on the
// attributes that say so. at gives an attribute's path for a parameter's
// element name.
func problemDiagnostics(problems []validate.Problem, least validate.Severity, at func(param string) path.Path) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, p := range validate.AtLeast(problems, least) {
		detail := sentenceOf(p.Message)
		if p.Hint != "" {
			detail += "\n\n" + sentenceOf(p.Hint)
		}
		detail += fmt.Sprintf("\n\nParameter %s, rule %s: %s", p.Param, p.Rule, p.DocURL())
		if p.Severity == validate.Error {
			diags.AddAttributeError(at(p.Param), "Invalid Phone Configuration", detail)
		} else {
			diags.AddAttributeWarning(at(p.Param), "Questionable Phone Configuration", detail)
		}
	}
	return diags
}

// storeError says which object could not be read or written and what to do.
func storeError(diags *diag.Diagnostics, verb, name string, err error) {
	if errors.Is(err, push.ErrConflict) {
		diags.AddAttributeError(path.Root("path"), "Configuration File Changed Meanwhile",
			sentence(err)+"\n\nNothing was written. Run plan again to see what the file holds now.")
		return
	}
	if errors.Is(err, push.ErrNotRegular) {
		diags.AddAttributeError(path.Root("path"), "Not a Regular File",
			sentence(err)+"\n\nNothing was changed. Only the files themselves are read and written, because a link could lead out of the store: "+
				"put the file there, or name in path the one that a link leads to.")
		return
	}
	what := "read"
	if verb == "write" {
		what = "written"
	} else if verb == "delete" {
		what = "deleted"
	}
	diags.AddAttributeError(path.Root("path"), "Configuration File Cannot Be "+strings.ToUpper(what[:1])+what[1:],
		sentence(err)+"\n\nNothing was changed. Check that the provider's store is right and reachable from here"+
			map[string]string{"read": "; a plan needs it, because it compares the file with the configuration. To plan without it, use -refresh=false with -target for other resources."}[verb]+
			map[string]string{"write": " and may be written, then apply again.", "delete": " and may be written, then destroy again, or set on_destroy = \"keep\"."}[verb])
}

// noStore says that a resource needs the provider's store.
func noStore(diags *diag.Diagnostics) {
	diags.AddError("No Store Configured",
		"The provider does not know where the phones' configuration files are. Set store in its configuration, or the environment variable "+EnvStore+
			", to an absolute directory or to the URL of a web server that accepts PUT.")
}
