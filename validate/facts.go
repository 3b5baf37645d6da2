// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// fact is what the rules need to know about one parameter of the catalog. It is
// kept small: a run reads three thousand of them.
type fact struct {
	name    string
	choices []string
	kind    catalog.Type
	closed  bool // ua="na" in the phone's export
	secret  bool
	earlier bool    // known from earlier generations of phones only
	rule    bool    // holds provisioning rules: options and URLs
	shown   bool    // a text for people to read
	guarded bool    // ua="na" for a reason: a secret, a CDC parameter
	slot    int16   // its number among the parameters that rules name, -1 for none
	rules   []*Rule // that look at every parameter of its kind
}

// factTable has the facts in the catalog's order.
type factTable struct {
	facts []fact
	index map[string]int32
	slots map[string]int // the parameters that rules look at by name

	stranger, strangeSecret fact // stand for all names that are not in the catalog
	byKind                  map[uint64][]*Rule
}

// facts are made from the catalog on first use, and from what the rules look at.
var facts = sync.OnceValue(func() *factTable {
	t := &factTable{facts: make([]fact, 0, 4096), index: make(map[string]int32, 4096), slots: map[string]int{}, byKind: map[uint64][]*Rule{}}
	for _, r := range rules {
		for _, param := range r.Params {
			if _, ok := t.slots[param]; !ok {
				t.slots[param] = len(t.slots)
			}
		}
	}
	for p := range catalog.All() {
		t.index[p.Name] = int32(len(t.facts))
		f := fact{
			name: p.Name, choices: p.Choices, kind: p.Type, closed: p.UserAccess == "na", slot: -1,
			secret: p.Secret(), earlier: !p.Current(), rule: isRuleName(p.Name), shown: isShown(p.Name),
		}
		f.guarded = f.secret && f.closed || cdc.IsParam(p.Name)
		if i, ok := t.slots[p.Name]; ok {
			f.slot = int16(i)
		}
		f.rules = t.rulesFor(&f)
		t.facts = append(t.facts, f)
	}
	t.stranger = fact{slot: -1}
	t.strangeSecret = fact{slot: -1, secret: true}
	t.strangeSecret.rules = t.rulesFor(&t.strangeSecret)
	return t
})

// rulesFor returns the rules that look at every parameter of f's kind. Parameters
// of one kind share the list.
func (t *factTable) rulesFor(f *fact) []*Rule {
	var kind uint64
	for n, r := range ofKind {
		if r.of(f) {
			kind |= 1 << n
		}
	}
	list, ok := t.byKind[kind]
	if !ok {
		for _, r := range ofKind {
			if r.of(f) {
				list = append(list, r)
			}
		}
		t.byKind[kind] = list
	}
	return list
}

// of returns the fact about a parameter, be it in the catalog or not.
func (t *factTable) of(param string) *fact {
	if i, ok := t.index[param]; ok {
		return &t.facts[i]
	}
	if f := t.family([]byte(param)); f != nil {
		return f
	}
	return t.unknown(param)
}

// unknown returns the fact about a name that is not in the catalog.
func (t *factTable) unknown(name string) *fact {
	if catalog.IsSecret(name) {
		return &t.strangeSecret
	}
	return &t.stranger
}

// find returns the number of the fact with the name, or -1. It tries guess first.
func (t *factTable) find(name []byte, guess int32) int32 {
	if guess >= 0 && t.facts[guess].name == string(name) {
		return guess
	}
	if i, ok := t.index[string(name)]; ok {
		return i
	}
	return -1
}

// family returns the fact about the first of a family of numbered parameters,
// nil if name is of none: Proxy_1_ for Proxy_17_. Phones differ in how many lines
// they have. The CDC parameters are no family, see cdc-slot.
func (t *factTable) family(name []byte) *fact {
	end := len(name) - 1
	if end < 3 || end > 60 || name[end] != '_' || string(name[:4]) == "CDC_" {
		return nil
	}
	start := end
	n := 0
	for scale := 1; start > 0 && '0' <= name[start-1] && name[start-1] <= '9' && scale <= 100; scale *= 10 {
		start--
		n += int(name[start]-'0') * scale
	}
	if start == end || start == 0 || name[start-1] != '_' || name[start] == '0' || n > 64 {
		return nil
	}
	var key [64]byte
	first := append(append(key[:0], name[:start]...), '1', '_')
	if i, ok := t.index[string(first)]; ok {
		return &t.facts[i]
	}
	return nil
}

func isRuleName(name string) bool {
	switch name {
	case "Upgrade_Rule", "Report_Rule", "Custom_CA_Rule", "PRT_Upload_Rule":
		return true
	}
	return strings.HasPrefix(name, "Profile_Rule") && name != "Profile_Rule_Menu"
}

// isShown reports whether a parameter is a text that the phone shows to people, in
// any language: names, labels, greetings.
func isShown(name string) bool {
	for _, word := range [...]string{"Display_Name", "Station_Name", "Short_Name", "Extension_Label", "Text_Logo", "Text_Message", "Softkey_Label", "Directory_Name", "_Label_"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
