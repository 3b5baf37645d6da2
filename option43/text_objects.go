// SPDX-License-Identifier: MPL-2.0

package option43

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// readObjects reads what Kea, Infoblox and this project's own commands write in
// JSON, whole or in part: the objects that hold no others.
func readObjects(s string) []reading {
	objects := flatObjects(s)
	defs := definitions(objects)
	var all []reading
	var settings []setting
	for _, o := range objects {
		text, isValue := o.text("data", "value", "hex")
		if !isValue {
			continue
		}
		if o.isOption43() {
			if r, ok := readValue(text); ok {
				r.form, r.stated, r.at = "JSON of a DHCP server, "+r.form, true, o.at
				all = append(all, r)
			}
			continue
		}
		if one, ok := o.setting(text, defs); ok {
			settings = append(settings, one)
		}
	}
	return append(all, readings("JSON of a DHCP server, one value for each sub-option", settings)...)
}

// object is one of JSON.
type object struct {
	fields map[string]any
	at     int
}

// flatObjects returns the objects of a text without objects in them. Comments
// and what stands around the objects are passed over.
func flatObjects(s string) []object {
	var all []object
	start := -1
	for i := 0; i < len(s) && len(all) < 16*maxRuns; i++ {
		switch s[i] {
		case '"':
			for i++; i < len(s) && s[i] != '"' && s[i] != '\n'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '/', '#':
			i = skipComment(s, i)
		case '{':
			start = i
		case '}':
			var fields map[string]any
			if start >= 0 && json.Unmarshal([]byte(s[start:i+1]), &fields) == nil {
				all = append(all, object{fields, start})
			}
			start = -1
		}
	}
	return all
}

// skipComment returns the last byte of the comment at i, or i where none starts.
func skipComment(s string, i int) int {
	end := ""
	if s[i] == '#' || strings.HasPrefix(s[i:], "//") {
		end = "\n"
	} else if strings.HasPrefix(s[i:], "/*") {
		end = "*/"
	} else {
		return i
	}
	n := strings.Index(s[i:], end)
	if n < 0 {
		return len(s)
	}
	return i + n + len(end) - 1
}

// text returns the first of the fields that is there, as text.
func (o object) text(names ...string) (string, bool) {
	for _, name := range names {
		switch v := o.fields[name].(type) {
		case string:
			return v, true
		case bool:
			return strconv.FormatBool(v), true
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64), true
		}
	}
	return "", false
}

// code is that of the option, or of the sub-option.
func (o object) code() string {
	code, _ := o.text("code", "num")
	return code
}

// isOption43 reports whether the object is about the option as a whole.
func (o object) isOption43() bool {
	if _, own := o.fields["hex"].(string); own { // of option43 encode --format json
		return true
	}
	name, _ := o.text("name")
	return o.code() == "43" || o.code() == "" && name == "vendor-encapsulated-options"
}

// definition is what a text says of an option's name.
type definition struct {
	code Code
	kind kind
}

// definitions collects those of a text and those that snippets use.
func definitions(objects []object) map[string]definition {
	defs := map[string]definition{}
	for _, d := range keaDefs {
		defs[d.name] = definition{code: d.code}
	}
	for _, o := range objects {
		name, named := o.text("name")
		of, typed := o.text("type")
		code, ok := parseCode(o.code())
		if !named || !typed || !ok {
			continue
		}
		d := definition{code: code}
		switch of {
		case "binary":
			d.kind = kindBytes
		case "string", "text":
			if code != CodeRootCAFingerprint { // Infoblox calls bytes a string
				d.kind = kindText
			}
		}
		defs[name] = d
	}
	return defs
}

// setting returns the value of a sub-option. Option 15 of the scope, the domain,
// has the code of a sub-option, but no space of its own.
func (o object) setting(text string, defs map[string]definition) (setting, bool) {
	space, _ := o.text("space", "vendor_class")
	if _, own := o.fields["offset"]; space == "" && !own || strings.EqualFold(space, "dhcp4") || strings.EqualFold(space, "DHCP") {
		return setting{}, false
	}
	name, _ := o.text("name")
	d, ok := defs[name]
	if code, numbered := parseCode(o.code()); numbered {
		d.code, ok = code, true
	}
	if !ok {
		return setting{}, false
	}
	if csv, is := o.fields["csv-format"].(bool); is && !csv {
		d.kind = kindBytes
	} else if d.kind != kindBytes && o.fields["data"] != nil { // Kea's own escape
		text = strings.NewReplacer(`\\`, `\`, `\,`, `,`).Replace(text)
	}
	return setting{code: d.code, text: text, kind: d.kind, at: o.at, group: fmt.Sprint("space ", space)}, true
}

// parseDecimalByte reads a decimal number up to 255.
func parseDecimalByte(s string) (byte, bool) {
	n, err := strconv.ParseUint(s, 10, 8)
	return byte(n), err == nil
}
