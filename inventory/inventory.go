// SPDX-License-Identifier: MPL-2.0

// Package inventory reads which phones a site has: a sheet of a spreadsheet saved
// as CSV, or a list of objects in JSON or YAML.
//
//	rows, err := inventory.Parse("MAC;Model;site\r\n001A2B3C4D5E;9871;ams\r\n")
//	if err != nil {
//		// *inventory.Error: line and column
//	}
//	phone, err := rows[0].Phone() // a device.Identity
//
// A column is an attribute of the phone (mac, model, serial, domain), a parameter
// of its configuration by Cisco's name (Station_Name), or a label in lower case,
// which texts such as "{site}/SEP$MAU.xml" refer to; see [Fill].
//
// # What is read
//
// CSV has a header line; commas, semicolons or tabs stand between the columns, as
// spreadsheets write them in different countries, and a line "sep=;" is heeded. The
// attributes may be written in any case ("MAC", "MAC Address"). Rows and columns
// without any text are passed over. Text is UTF-8, with or without a byte order
// mark, or UTF-16 with one. YAML may have anchors, aliases and merge keys.
//
// What would be lost or guessed is refused with its line: text in another encoding,
// a key that an object has twice, cells without a column, and MAC addresses that a
// spreadsheet took for numbers.
package inventory

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// MaxRows is how many phones an inventory may have.
const MaxRows = 200_000

// A Row is one phone.
type Row struct {
	Line   int               // where it begins, from 1
	Fields map[string]string // by column, empty ones left out
}

// An Error says where an inventory cannot be read.
type Error struct {
	Line   int    // from 1; 0 when it is about the whole
	Column string // its name, or "" when it is about the line
	Err    error
}

// Error names line and column.
func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprint(e.Err)
	case e.Column == "":
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d, column %s: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns what is wrong there.
func (e *Error) Unwrap() error { return e.Err }

// Parse reads an inventory. Which form it has shows in its first character: "[" and
// "{" begin JSON, the latter an object with the phones by MAC address, "-" begins
// YAML, and anything else is the header of CSV. Text without any phone yields no
// rows.
func Parse(text string) ([]Row, error) {
	text, err := decoded(text)
	if err != nil {
		return nil, err
	}
	first := firstLine(text)
	if first == "" {
		return nil, nil
	}
	var rows []Row
	switch {
	case first[0] == '[' || first[0] == '{':
		rows, err = parseJSON(text)
	case first[0] == '-':
		rows, err = parseYAML(text)
	default:
		rows, err = parseCSV(text)
	}
	if err == nil && len(rows) > MaxRows {
		err = fmt.Errorf("the inventory has %d phones, more than the limit of %d", len(rows), MaxRows)
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// firstLine returns the first line that is neither blank nor a comment.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line
		}
	}
	return ""
}

// decoded returns the text in UTF-8, without a byte order mark.
func decoded(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, "\xef\xbb\xbf"):
		text = text[3:]
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		if len(text)%2 != 0 {
			return "", errors.New("the inventory is UTF-16 and ends within a character")
		}
		units := make([]uint16, 0, len(text)/2)
		for i := 2; i < len(text); i += 2 {
			first, second := uint16(text[i]), uint16(text[i+1])
			if text[0] == 0xff {
				first, second = second, first
			}
			units = append(units, first<<8|second)
		}
		return string(utf16.Decode(units)), nil
	}
	if !utf8.ValidString(text) {
		bad := 0
		for r, n := utf8.DecodeRuneInString(text); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRuneInString(text[bad:]) {
			bad += n
		}
		line := bytes.Count([]byte(text[:bad]), []byte("\n")) + 1
		return "", &Error{Line: line, Err: errors.New(`the text is not UTF-8, and which encoding it has is not guessed: save the sheet as "CSV UTF-8"`)}
	}
	return text, nil
}

// aliases are other names of the attributes, folded.
var aliases = map[string]string{
	"mac": "mac", "macaddress": "mac", "macaddr": "mac", "model": "model", "phonemodel": "model",
	"serial": "serial", "serialnumber": "serial", "domain": "domain",
}

// column returns the name of a column as [Row] has it.
func column(name string) string {
	name = strings.TrimSpace(name)
	folded := strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '-' {
			return -1
		}
		return r
	}, strings.ToLower(name))
	if attribute, ok := aliases[folded]; ok {
		return attribute
	}
	return name
}

// Parameter reports whether a column is a parameter of the phone's configuration:
// all of Cisco's names have an upper case letter, labels have none.
func Parameter(column string) bool { return strings.ToLower(column) != column }

// numbered matches MAC addresses that a spreadsheet took for a number.
var numbered = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?E\+?[0-9]+$`)

// Phone returns the phone that a row is about.
func (r Row) Phone() (device.Identity, error) {
	for _, needed := range []string{"mac", "model"} {
		if r.Fields[needed] == "" {
			return device.Identity{}, fmt.Errorf("no %s: every phone needs the columns mac and model", needed)
		}
	}
	model, err := device.ParseModel(r.Fields["model"])
	if err != nil {
		return device.Identity{}, err
	}
	mac, err := device.ParseMAC(r.Fields["mac"])
	if err != nil && (numbered.MatchString(r.Fields["mac"]) || shortened.MatchString(r.Fields["mac"])) {
		err = fmt.Errorf("MAC address %q: the spreadsheet took it for a number and dropped digits: format the column as text and enter it again", r.Fields["mac"])
	}
	return device.Identity{Model: model, MAC: mac, Serial: r.Fields["serial"]}, err
}

// shortened matches what is left of a MAC address without its zeros in front.
var shortened = regexp.MustCompile(`^[0-9]{6,11}$`)

var placeholder = regexp.MustCompile(`\{+[a-z0-9_]+\}+`)

// Fill replaces each {label} in a text by the row's column. It fails when the row
// has no text there. A label that known does not report to be a column of the
// inventory stays as it stands; nil reports every one to be.
func (r Row) Fill(text string, known func(label string) bool) (string, error) {
	if !strings.Contains(text, "{") {
		return text, nil
	}
	var err error
	out := placeholder.ReplaceAllStringFunc(text, func(m string) string {
		label := strings.Trim(m, "{}")
		v, ok := r.Fields[label]
		switch {
		case err != nil:
		case m != "{"+label+"}":
			err = fmt.Errorf("%q: write {%s} with one brace on each side", text, label)
		case !ok && known != nil && !known(label):
			return m
		case !ok:
			err = fmt.Errorf("%q needs the column %s, which is empty or missing", text, label)
		}
		return v
	})
	if err != nil {
		return "", err
	}
	return out, nil
}

// File returns the name of the phone's file: path with its labels and the phone's
// macros replaced, as "{site}/SEP$MAU.xml".
func (r Row) File(phone device.Identity, path string) (string, error) {
	name, err := r.Fill(path, nil)
	return phone.Macros().Expand(name), err
}

// Labels returns the labels that a text refers to, in their order.
func Labels(text string) []string {
	var all []string
	for _, m := range placeholder.FindAllString(text, -1) {
		all = append(all, strings.Trim(m, "{}"))
	}
	return all
}
