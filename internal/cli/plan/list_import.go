// SPDX-License-Identifier: MPL-2.0

package plan

import (
	"bufio"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/phonecfg/terraform-provider-ciscophone/estate"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/zclconf/go-cty/cty"
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
	out := hclwrite.NewEmptyFile()
	block := out.Body().AppendNewBlock("import", nil).Body()
	block.SetAttributeTraversal("to", hcl.Traversal{hcl.TraverseRoot{Name: "ciscophone_config"}, hcl.TraverseAttr{Name: label}})
	block.SetAttributeValue("id", cty.StringVal(f.Path))
	out.Body().AppendNewline()
	block = out.Body().AppendNewBlock("resource", []string{"ciscophone_config", label}).Body()
	for _, arg := range [][2]string{{"path", f.Path}, {"scep_server", f.Server}, {"root_ca_fingerprint", f.RootCAFingerprint}, {"common_name", f.CommonName}} {
		if arg[1] != "" {
			block.SetAttributeValue(arg[0], cty.StringVal(arg[1]))
		}
	}
	if f.Challenge != "" {
		const comment = "# The challenge password in the file stays as it is. challenge_password_file or\n# challenge_password_wo would manage it.\n"
		block.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte(comment)}})
	}
	fmt.Fprintf(w, "%s\n", hclwrite.Format(out.Bytes()))
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

// hclString quotes for HCL.
func hclString(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}
