// SPDX-License-Identifier: MPL-2.0

package review

import (
	"cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/foreign"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// owner is a phone with a common name: the file that gives it, and the phone that
// the file is named after, if any.
type owner struct {
	file string
	id   device.Identity
}

// names are the common names of the files of a run.
type names map[string]owner

// taken returns the other phone's file that has a common name already; otherwise it
// notes the name. Of files that are named after one phone none is another's.
func (n names) taken(name string, o owner) (file string, ok bool) {
	if name == "" {
		return "", false
	}
	first, ok := n[name]
	if !ok {
		n[name] = o
		return "", false
	}
	same := o.id.MAC == first.id.MAC && o.id.MAC != device.MAC{}
	return first.file, !same
}

// nameOf returns the common name that a document gives, if that is known.
func nameOf(doc *cfgxml.Document, settings validate.Settings) (string, owner) {
	var o owner
	if settings.Identity != nil {
		o.id = *settings.Identity
	}
	name, _ := validate.CommonName(doc.Enrollment().CommonName, settings.Identity)
	return name, o
}

// again looks at a file anew that has the common name of an earlier one.
func (l *Linter) again(r Result, name, other string) Result {
	here := *l
	here.fix = false
	here.settings.OtherNames = map[string]string{name: cmp.Or(foreign.Text(other), "another file")}
	second := Result{File: r.File}
	here.lintFile(&second, nil, r.source)
	second.fixes = r.fixes
	return second
}
