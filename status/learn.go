// SPDX-License-Identifier: MPL-2.0

package status

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// layouts are how phones and their pages write dates, the likeliest first.
var layouts = []string{
	time.RFC3339, "01/02/2006 15:04:05", "1/2/2006 15:04:05", "01/02/2006 15:04", "2006-01-02 15:04:05", "2006-01-02", "01/02/2006", "1/2/2006",
	"Jan 2 15:04:05 2006 MST", "Jan _2 15:04:05 2006 MST", "Mon Jan _2 15:04:05 2006", "02-Jan-2006 15:04:05", "02 Jan 2006",
}

// A guess is what the text of an element looks like, and the facts it may be.
type guess struct {
	looks string
	place string // what goes into the vocabulary beside the element
	facts []Fact
	show  bool // the value identifies nobody
}

var (
	looksState   = regexp.MustCompile(`(?i)^(not[ _-]?)?(installed|enrolled|authenticated|unauthenticated|authorized|success(ful)?|failed|expired|valid|none|present|missing)\b`)
	looksMAC     = regexp.MustCompile(`^(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$`)
	looksSerial  = regexp.MustCompile(`^(?:0x)?(?:[0-9A-Fa-f]{2}[: ]?){8,32}$`)
	looksChain   = regexp.MustCompile(`^(?:-----BEGIN CERTIFICATE-----|MII[A-Za-z0-9+/=\s]{100})`)
	looksSubject = regexp.MustCompile(`(?:^|[,/ ])CN ?=`)
	looksModel   = regexp.MustCompile(`^(?:[CD]P|SPA|ATA)-?[0-9]{3,4}`)
	looksName    = regexp.MustCompile(`(?i)^(?:[a-z0-9-]+\.)+[a-z]{2,}$|SEP[0-9A-F]{12}`)
	ofACert      = regexp.MustCompile(`(?i)cert|cdc|scep|enroll|issu|subject|serial|valid|expir|802`)
)

// look reports what a text looks like.
func look(name, value string) (g guess, ok bool) {
	for _, layout := range layouts {
		if _, err := time.Parse(layout, value); err == nil {
			return guess{"a date", fmt.Sprintf("layouts: [%q]", layout), []Fact{NotBefore, NotAfter}, true}, true
		}
	}
	switch {
	case value == "" || catalog.IsSecret(name):
		return g, false
	case looksState.MatchString(value):
		return guess{"a state", fmt.Sprintf("yes: [], no: [] # %q", quoted(value)), []Fact{Installed, LastResult, Authenticated}, true}, true
	case looksMAC.MatchString(value):
		return guess{"a MAC address", "", []Fact{MAC}, false}, true
	case looksChain.MatchString(value):
		return guess{"certificates", "", []Fact{Chain}, false}, true
	case looksSubject.MatchString(value):
		return guess{"a distinguished name", `pattern: "CN ?= ?([^,/]+)"`, []Fact{CommonName, Issuer}, false}, true
	case looksModel.MatchString(value):
		return guess{"a model", "", []Fact{Product}, true}, true
	case looksSerial.MatchString(value):
		return guess{"a serial number", "", []Fact{CertificateSerial}, false}, true
	case looksName.MatchString(value):
		return guess{"a name", "", []Fact{CommonName, UserID}, false}, true
	}
	return g, false
}

// quoted returns the beginning of a value, without what could end a comment.
func quoted(value string) string {
	if r := []rune(strings.Join(strings.Fields(value), " ")); len(r) > 60 {
		return string(r[:60]) + "…"
	} else {
		return string(r)
	}
}

// Learn drafts a [Vocabulary] from a status document of a phone that holds a
// custom device certificate. Every line of it is a comment that the owner of the
// phone is to confirm: Learn lists the elements whose text looks like a date, a
// state, a name, a serial number or a certificate, those with a telling name
// first. No value that identifies a phone or a person is in the draft.
func Learn(d *Document) []byte {
	var b bytes.Buffer
	b.WriteString(`# A draft, made from one status document. It holds no name, number or address of
# the phone. To finish it, look at the phone's web page beside it, and
#   - take the "#" away before each line that is right, and correct its fact;
#   - for a state, write which texts mean yes and which mean no;
#   - remove the other lines.
# Facts: ` + factNames() + `.
vocabulary: my phone
source: model and firmware release, and the day it was looked at
facts:
`)
	if d == nil {
		return b.Bytes()
	}
	seen := map[string]int{}
	for _, telling := range []bool{true, false} {
		heading := "# Elements whose name speaks of certificates:\n"
		if !telling {
			heading = "# Other elements:\n"
		}
		b.WriteString(heading)
		clear(seen)
		for _, e := range d.Entries {
			seen[e.Group+"\x00"+e.Name]++
			if g, ok := look(e.Name, e.Value); ok && ofACert.MatchString(e.Name+e.Group) == telling {
				g.write(&b, e, seen[e.Group+"\x00"+e.Name])
			}
		}
	}
	return b.Bytes()
}

func (g guess) write(b *bytes.Buffer, e Entry, nth int) {
	place := []string{fmt.Sprintf("element: %q", quoted(e.Name))}
	if e.Group != "" {
		place = append(place, fmt.Sprintf("group: %q", quoted(e.Group)))
	}
	if nth > 1 {
		place = append(place, fmt.Sprintf("occurrence: %d", nth))
	}
	rest, note, _ := strings.Cut(g.place, " # ")
	if rest != "" {
		place = append(place, rest)
	}
	if note == "" && g.show {
		note = fmt.Sprintf("%q", quoted(e.Value))
	}
	if note != "" {
		note = ": " + note
	}
	names := make([]string, len(g.facts))
	for i, f := range g.facts {
		names[i] = string(f)
	}
	fmt.Fprintf(b, "#   %s: {%s} # looks like %s%s\n", strings.Join(names, " or "), strings.Join(place, ", "), g.looks, note)
}
