// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"bufio"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/phonecfg/terraform-provider-ciscophone/estate"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
)

// Forms of what brings files under a provider.
const (
	asResources = "resources" // a resource each
	asForEach   = "for_each"  // one resource for all of them
	asInventory = "inventory" // the inventory of a fleet
)

// writeImports writes what brings files under a provider and says of each file what
// it says itself, so that the plan changes nothing.
func writeImports(a *term.App, files []listed, as string) error {
	w := bufio.NewWriter(a.Stdout)
	managed, left := 0, 0
	var found []estate.File
	for _, f := range files {
		if f.Managed == "" && f.Problem == "" && as == asInventory {
			f.Problem = notInventoried(f.File)
		}
		switch {
		case f.Managed != "":
			managed++
		case f.Problem != "":
			left++
			fmt.Fprintf(w, "# %s is left out: %s\n\n", foreign.Text(f.Path), foreign.Text(f.Problem))
		default:
			found = append(found, f.File)
		}
	}
	switch as {
	case asForEach:
		writeForEach(w, found)
	case asInventory:
		writeInventory(w, found)
	default:
		labels := map[string]bool{}
		for _, f := range found {
			writeImport(w, label(f.Path, labels), f)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	a.Say(fmt.Sprintf("%s to import, %d managed already, %d left out", term.Count(len(found), "file"), managed, left))
	if left > 0 {
		return term.ErrFindings
	}
	return nil
}

func writeImport(w *bufio.Writer, label string, f estate.File) {
	fmt.Fprintf(w, "import {\n  to = ciscophone_config.%s\n  id = %s\n}\n\n", label, hclString(f.Path))
	fmt.Fprintf(w, "resource \"ciscophone_config\" %q {\n", label)
	arguments := [][2]string{{"path", f.Path}, {"scep_server", f.Server}, {"root_ca_fingerprint", f.RootCAFingerprint}, {"common_name", f.CommonName}}
	width := 0
	for _, arg := range arguments {
		if arg[1] != "" {
			width = max(width, len(arg[0]))
		}
	}
	for _, arg := range arguments {
		if arg[1] != "" {
			fmt.Fprintf(w, "  %-*s = %s\n", width, arg[0], hclString(arg[1]))
		}
	}
	if f.Challenge != "" {
		fmt.Fprint(w, "  # The challenge password in the file stays as it is. challenge_password_file or\n  # challenge_password_wo would manage it.\n")
	}
	fmt.Fprint(w, "}\n\n")
}

// label makes the name of a resource of a file's name: sep001a2b3c4d5e. taken
// are those that are in use.
func label(name string, taken map[string]bool) string {
	stem := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, stem)
	if id == "" || id[0] != '_' && (id[0] < 'a' || id[0] > 'z') {
		id = "phone_" + id
	}
	free := id
	for n := 2; taken[free]; n++ {
		free = id + "_" + strconv.Itoa(n)
	}
	taken[free] = true
	return free
}

// hclString quotes for HCL, where ${ and %{ begin templates and escapes are
// other than in Go.
func hclString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
