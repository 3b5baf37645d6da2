// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// TestTemplateMemory: a template is parsed once while it is among the latest.
func TestTemplateMemory(t *testing.T) {
	t.Parallel()
	var m templateMemory
	parse := func(i int) *reconcile.Template {
		t.Helper()
		template, err := m.parse("template", fmt.Appendf(nil, "<flat-profile><A>%d</A></flat-profile>", i))
		if err != nil {
			t.Fatal(err)
		}
		return template
	}
	first := parse(0)
	for i := range maxTemplates {
		if once := parse(i); once != parse(i) {
			t.Errorf("template %d was parsed twice in a row", i)
		}
	}
	if parse(0) != first {
		t.Error("the first template was forgotten too early")
	}
	parse(maxTemplates)
	if parse(0) == first || len(m.latest) > maxTemplates {
		t.Errorf("%d templates are kept, want %d", len(m.latest), maxTemplates)
	}
	if _, err := m.parse("template", []byte("<flat-profile>")); err == nil {
		t.Error("a broken template has no error")
	}
}
