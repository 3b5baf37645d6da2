// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	config      = "ciscophone_config"
	fingerprint = "8F434346648F6B96DF89DDA901C5176B10A6D83961DD3C1AC88B59B2DC327AA4"

	// admin is an administrator's file, with what must survive: CRLF, comments,
	// single quotes, an empty tag, a password.
	admin = "<?xml version='1.0'?>\r\n<flat-profile>\r\n  <!-- lobby -->\r\n" +
		"  <Station_Name ua='rw'>Lobby</Station_Name>\r\n  <Admin_Password ua=\"na\">hunter22</Admin_Password>\r\n" +
		"  <Time_Zone/>\r\n</flat-profile>\r\n"
)

// wanted is the usual configuration, changed by pairs of name and value; nil
// removes.
func wanted(pairs ...any) map[string]any {
	m := map[string]any{"path": "a.xml", "scep_server": "http://scep.example.net", "root_ca_fingerprint": fingerprint,
		"common_name": "$MAU.example.net", "challenge_password_wo": pearl}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(m, pairs[i].(string))
		} else {
			m[pairs[i].(string)] = pairs[i+1]
		}
	}
	return m
}

// spliced is admin with the usual configuration in it.
func spliced(t *testing.T) string {
	t.Helper()
	return strings.Replace(admin, "  <Time_Zone/>\r\n", "  <Time_Zone/>\r\n"+
		"  <CDC_Server_1_ ua=\"na\">http://scep.example.net</CDC_Server_1_>\r\n"+
		"  <CDC_Root_CA_Fingerprint_1_ ua=\"na\">"+fingerprint+"</CDC_Root_CA_Fingerprint_1_>\r\n"+
		"  <CDC_Challenge_Password_1_ ua=\"na\">"+pearl+"</CDC_Challenge_Password_1_>\r\n"+
		"  <CDC_Common_Name_1_ ua=\"na\">$MAU.example.net</CDC_Common_Name_1_>\r\n", 1)
}

func TestConfigCreateSplicesIntoTheStoredFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "a.xml", admin)
	c := newWire(t, dir)
	planned := c.must(c.plan(config, state{}, wanted()))
	for name, want := range map[string]string{"revision": "1", "enrollment_id": "unknown", "reenrolls": "true", "on_destroy": "keep",
		"certificate_common_name": "null"} {
		if got := planned.text(name); got != want {
			t.Errorf("planned %s = %s, want %s", name, got, want)
		}
	}
	changes := planned.text("changes")
	for _, want := range []string{`CDC_Server_1_: added "http://scep.example.net"; the phone requests a new certificate`, "CDC_Challenge_Password_1_: added (secret)"} {
		if !strings.Contains(changes, want) {
			t.Errorf("the plan's changes lack %q:\n%s", want, changes)
		}
	}
	if got := planned.text("content_digest"); got != "unknown" {
		t.Errorf("planned content_digest = %s; the rest of the file is not part of the plan", got)
	}
	if got := content(t, file); got != admin {
		t.Fatal("planning wrote the file")
	}
	done := c.must(c.apply(config, state{}, planned, wanted()))
	if got, want := content(t, file), spliced(t); got != want {
		t.Errorf("pushed:\n%s\nwant:\n%s", got, want)
	}

	// The next plan is empty.
	done = c.must(c.read(config, done))
	again := c.must(c.plan(config, done, wanted()))
	if !again.value.Equal(done.value) {
		t.Errorf("a second plan is not empty: %s, was %s", again.value, done.value)
	}
}

func TestConfigChangeAndDrift(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit       [2]string // made to the file by somebody
		config     map[string]any
		base       bool
		change     string // must be the plan's only one; "" for no change
		enrollment string
	}{
		"nothing": {config: wanted(), enrollment: "1"},
		"another server": {config: wanted("scep_server", "http://other.example.net"), enrollment: "2",
			change: `CDC_Server_1_: "http://scep.example.net" -> "http://other.example.net"; the phone requests a new certificate`},
		"another challenge": {config: wanted("challenge_password_wo", pearl+"2"), enrollment: "2",
			change: `CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate`},
		"no common name any more": {config: wanted("common_name", nil), enrollment: "2",
			change: `CDC_Common_Name_1_: "$MAU.example.net" -> ""; the phone requests a new certificate`},
		"no challenge any more": {config: wanted("challenge_password_wo", nil), enrollment: "2",
			change: `CDC_Challenge_Password_1_: (secret) -> ""; the phone requests a new certificate`},
		"a further parameter": {config: wanted("parameters", map[string]any{"Station_Name": "Bar"}), enrollment: "1",
			change: `Station_Name: "Lobby" -> "Bar"`},
		"fingerprint in another spelling": {config: wanted("root_ca_fingerprint", strings.ToLower(fingerprint[:4])+":"+fingerprint[4:]), enrollment: "1"},
		"somebody changed the server": {edit: [2]string{"http://scep.example.net", "http://evil.example.net"}, config: wanted(), enrollment: "2",
			change: `CDC_Server_1_: "http://evil.example.net" -> "http://scep.example.net"; the phone requests a new certificate`},
		"somebody wrote the fingerprint in another way": {edit: [2]string{fingerprint, strings.ToLower(fingerprint[:4]) + ":" + fingerprint[4:]}, config: wanted(), enrollment: "1"},
		"somebody changed the challenge": {edit: [2]string{pearl, "other"}, config: wanted(), enrollment: "2",
			change: `CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate`},
		"somebody put a mask": {edit: [2]string{pearl, "*****"}, config: wanted(), enrollment: "2",
			change: `CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate`},
		"somebody changed what is not managed": {edit: [2]string{"Lobby", "Bar"}, config: wanted(), enrollment: "1"},
		"somebody changed what the base has": {edit: [2]string{"Lobby", "Bar"}, config: wanted(), base: true, enrollment: "1",
			change: `Station_Name: "Bar" -> "Lobby"`},
		"somebody changed a password of the base": {edit: [2]string{"hunter22", "hunter33"}, config: wanted(), base: true, enrollment: "1",
			change: `Admin_Password: changed (secret)`},
		"somebody changed a comment": {edit: [2]string{"lobby", "foyer"}, config: wanted(), base: true, enrollment: "1",
			change: `comments, order or spacing only`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file, base := write(t, dir, "a.xml", admin), write(t, t.TempDir(), "base.xml", admin)
			p := newWire(t, dir)
			first, second := wanted(), c.config
			if c.base {
				first, second = wanted("template_file", base), maps.Clone(c.config)
				second["template_file"] = base
			}
			done := p.run(config, state{}, first)
			before := content(t, file)
			if c.edit[0] != "" {
				write(t, dir, "a.xml", strings.Replace(before, c.edit[0], c.edit[1], 1))
			}
			done = p.must(p.read(config, done))
			planned := p.must(p.plan(config, done, second))
			if got := planned.text("changes"); c.change == "" && got != done.text("changes") || !strings.HasPrefix(got, c.change) || c.change != "" && strings.Contains(got, "\n") {
				t.Errorf("planned changes:\n%s\nwant:\n%s", got, c.change)
			}
			if got := planned.text("enrollment_id"); (got == "unknown") != (c.enrollment == "2") || got != "unknown" && got != done.text("enrollment_id") {
				t.Errorf("planned enrollment_id = %s, was %s", got, done.text("enrollment_id"))
			}
			if c.change == "" && !planned.value.Equal(done.value) {
				t.Errorf("the plan is not empty: %s, was %s", planned.value, done.value)
			}
			if c.change != "" && planned.value.Equal(done.value) {
				t.Error("the plan is empty")
			}
			done = p.must(p.apply(config, done, planned, second))
			if c.edit[0] != "" && c.change != "" {
				if got := content(t, file); got != before {
					t.Errorf("not corrected:\n%s", got)
				}
			}
			done = p.must(p.read(config, done))
			if again := p.must(p.plan(config, done, second)); !again.value.Equal(done.value) {
				t.Errorf("the plan after it is not empty:\n%s\nwas\n%s", again.value, done.value)
			}
		})
	}
}

// TestConfigRepeatedDriftOfASecret: the same password changed in the same way
// twice leaves digest and changes as they were. The plan must not be empty.
func TestConfigRepeatedDriftOfASecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	base := write(t, t.TempDir(), "base.xml", admin)
	c := newWire(t, dir)
	done := c.run(config, state{}, wanted("template_file", base))
	for range 2 {
		write(t, dir, "a.xml", strings.Replace(content(t, dir, "a.xml"), "hunter22", "hunter33", 1))
		planned := c.must(c.plan(config, done, wanted("template_file", base))) // -refresh=false, the harder case
		if planned.value.Equal(done.value) {
			t.Fatal("the plan is empty")
		}
		done = c.must(c.apply(config, done, planned, wanted("template_file", base)))
		if !strings.Contains(content(t, dir, "a.xml"), "hunter22") {
			t.Fatal("not corrected")
		}
	}
}

func TestConfigSources(t *testing.T) {
	t.Parallel()
	lf := strings.ReplaceAll(admin, "\r\n", "\n")
	for name, c := range map[string]struct {
		stored string
		config map[string]any
		want   string // contained in what is pushed
		change string // first line
	}{
		"base over another file": {stored: "<flat-profile><Station_Name>Bar</Station_Name></flat-profile>", config: wanted("template", lf), want: "<!-- lobby -->\n", change: `CDC_Server_1_: added`},
		"base, new file":         {config: wanted("template", lf), want: "<!-- lobby -->\n", change: "new file: 7 parameters\n"},
		"base over a broken one": {stored: "<flat-profile><a>", config: wanted("template", lf), want: "<!-- lobby -->\n", change: "the stored file cannot be read and is replaced"},
		"parameters alone":       {config: wanted(), want: "<flat-profile>\n<CDC_Server_1_ ua=\"na\">http://scep.example.net</CDC_Server_1_>\n", change: "new file: 4 parameters\n"},
		"no challenge":           {config: wanted("challenge_password_wo", nil), want: "<CDC_Common_Name_1_", change: "new file: 3 parameters\n"},
		"empty challenge":        {config: wanted("challenge_password_wo", ""), want: "<CDC_Common_Name_1_", change: "new file: 3 parameters\n"},
		"fingerprint normalized": {config: wanted("root_ca_fingerprint", strings.ToLower(fingerprint)), want: ">" + fingerprint + "<", change: "new file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if c.stored != "" {
				write(t, dir, "a.xml", c.stored)
			}
			p := newWire(t, dir)
			planned := p.must(p.plan(config, state{}, c.config))
			if got := planned.text("changes"); !strings.HasPrefix(got, c.change) {
				t.Errorf("planned changes:\n%s\nwant first:\n%s", got, c.change)
			}
			p.must(p.apply(config, state{}, planned, c.config))
			if got := content(t, dir, "a.xml"); !strings.Contains(got, c.want) {
				t.Errorf("pushed:\n%s\nwant it to hold %q", got, c.want)
			}
		})
	}
}

func TestConfigChallengeFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	for _, text := range []string{pearl, pearl + "\n", pearl + "\r\n"} {
		file := write(t, t.TempDir(), "challenge", text)
		c.run(config, state{}, wanted("challenge_password_wo", nil, "challenge_password_file", file))
		if !strings.Contains(content(t, dir, "a.xml"), ">"+pearl+"<") {
			t.Errorf("%q: pushed\n%s", text, content(t, dir, "a.xml"))
		}
	}
}

func TestConfigErrorsAtPlan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "broken.xml", "<flat-profile>\n<a>x</b>\n</flat-profile>")
	write(t, dir, "masked.xml", "<flat-profile><CDC_Challenge_Password_1_>*****</CDC_Challenge_Password_1_></flat-profile>")
	if err := errors.Join(os.Symlink("masked.xml", filepath.Join(dir, "link.xml")), os.Mkdir(filepath.Join(dir, "folder.xml"), 0o700)); err != nil {
		t.Fatal(err)
	}
	empty, lines := write(t, t.TempDir(), "challenge", "\n"), write(t, t.TempDir(), "lines", pearl+"\n"+pearl+"\n")
	masked := write(t, t.TempDir(), "base.xml", strings.Replace(admin, "hunter22", "********", 1))
	for name, c := range map[string]struct {
		config    map[string]any
		attribute string
		want      []string
	}{
		"symbolic link":    {wanted("path", "link.xml"), "path", []string{"Not a Regular File", "is a symbolic link", "the one that a link leads to"}},
		"a folder":         {wanted("path", "folder.xml"), "path", []string{"Not a Regular File", "is a directory"}},
		"no fingerprint":   {wanted("root_ca_fingerprint", nil), "root_ca_fingerprint", []string{"Invalid Phone Configuration", "rule cdc-"}},
		"no server":        {wanted("scep_server", nil), "scep_server", []string{"Invalid Phone Configuration", "rule cdc-"}},
		"missing base":     {wanted("template_file", "/no/such/base.xml"), "template_file", []string{"Cannot Be Read", "/no/such/base.xml: no such file: check the path"}},
		"base is a folder": {wanted("template_file", dir), "template_file", []string{"not a regular file"}},
		"stored is broken": {wanted("path", "broken.xml"), "path", []string{"line 2", "by hand"}},
		"mask in the base": {wanted("template_file", masked), "template_file", []string{"Masked Password", "Admin_Password"}},
		"mask in the store would be written back": {wanted("path", "masked.xml", "challenge_password_wo", nil), "path",
			[]string{"Masked Password", "CDC_Challenge_Password_1_", "challenge_password_wo"}},
		"mask as challenge":           {wanted("challenge_password_wo", "****"), "challenge_password_wo", []string{"mask"}},
		"nothing to write":            {map[string]any{"path": "new.xml"}, "path", []string{"Nothing To Write"}},
		"empty challenge file":        {wanted("challenge_password_wo", nil, "challenge_password_file", empty), "challenge_password_file", []string{"Cannot Be Used", "it is empty", "leave the attribute out"}},
		"missing challenge file":      {wanted("challenge_password_wo", nil, "challenge_password_file", empty+"x"), "challenge_password_file", []string{"Cannot Be Used", "no such file"}},
		"challenge file of two lines": {wanted("challenge_password_wo", nil, "challenge_password_file", lines), "challenge_password_file", []string{"Cannot Be Used", "more than one line"}},
		"key file of two lines":       {wanted("encryption", "aes128gcm", "encryption_key_file", lines), "encryption_key_file", []string{"Cannot Be Used", "more than one line"}},
		"empty key file":              {wanted("encryption", "aes128gcm", "encryption_key_file", empty), "encryption_key_file", []string{"Cannot Be Used", "it is empty"}},
		"control character":           {wanted("parameters", map[string]any{"Station_Name": "a\x01"}), `parameters["Station_Name"]`, []string{"Cannot Be Written"}},
		"white space at the ends":     {wanted("parameters", map[string]any{"Station_Name": " a "}), `parameters["Station_Name"]`, []string{"Cannot Be Written"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newWire(t, dir)
			_, ds := p.plan(config, state{}, c.config)
			expect(t, ds, tfprotov6.DiagnosticSeverityError, c.attribute, c.want...)
		})
	}
}

// expect looks for one diagnostic of a severity on an attribute that says all
// of it.
func expect(t *testing.T, ds diagnostics, severity tfprotov6.DiagnosticSeverity, attribute string, want ...string) {
	t.Helper()
	for _, d := range ds {
		whole := d.Summary + "\n" + d.Detail
		ok := d.Severity == severity && attributeName(d.Attribute) == attribute
		for _, w := range want {
			ok = ok && strings.Contains(whole, w)
		}
		if ok {
			return
		}
	}
	t.Errorf("no %s on %q that says %q in:\n%s", severity, attribute, want, ds)
}

// attributeName writes a path as in the configuration: a, a.b, a["k"].
func attributeName(p *tftypes.AttributePath) string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for _, s := range p.Steps() {
		switch s := s.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(s))
		case tftypes.ElementKeyString:
			b.WriteString(`["` + string(s) + `"]`)
		}
	}
	return b.String()
}

func TestConfigValidate(t *testing.T) {
	t.Parallel()
	c := newWire(t, t.TempDir())
	phone := map[string]any{"model": "DP-9871", "mac": "001A2B3C4D5E"}
	const failure, warning = tfprotov6.DiagnosticSeverityError, tfprotov6.DiagnosticSeverityWarning
	for name, tc := range map[string]struct {
		config    map[string]any
		severity  tfprotov6.DiagnosticSeverity
		attribute string
		want      []string
	}{
		"path leads out":              {wanted("path", "../a.xml"), failure, "path", []string{`".." leads out of the store.`, "Write the name of the file in the store"}},
		"path from the root":          {wanted("path", "/a.xml"), failure, "path", []string{"must be relative to the store."}},
		"https":                       {wanted("scep_server", "https://scep.example.net"), failure, "scep_server", []string{"https"}},
		"19 bytes":                    {wanted("root_ca_fingerprint", fingerprint[:38]), failure, "root_ca_fingerprint", []string{"19 bytes"}},
		"48 bytes":                    {wanted("root_ca_fingerprint", fingerprint+fingerprint[:32]), failure, "root_ca_fingerprint", nil},
		"no hexadecimal":              {wanted("root_ca_fingerprint", "Z"+fingerprint[1:]), failure, "root_ca_fingerprint", []string{"Z"}},
		"65 characters":               {wanted("common_name", strings.Repeat("a", 65)), failure, "common_name", []string{"64"}},
		"65 characters once expanded": {wanted("common_name", "$(MAU)"+strings.Repeat("a", 53), "phone", phone), failure, "common_name", []string{"64"}},
		"unknown macro":               {wanted("common_name", "$NOSUCH.example.net"), failure, "common_name", []string{"NOSUCH"}},
		"relative base":               {wanted("template_file", "base.xml"), failure, "template_file", []string{"abspath"}},
		"relative challenge file":     {wanted("challenge_password_wo", nil, "challenge_password_file", "pw"), failure, "challenge_password_file", []string{"abspath"}},
		"broken base":                 {wanted("template", "<flat-profile>"), failure, "template", []string{"line 1"}},
		"two bases":                   {wanted("template", admin, "template_file", "/a"), failure, "template_file", nil},
		"two challenges":              {wanted("challenge_password_file", "/a"), failure, "challenge_password_wo", nil},
		"version alone":               {wanted("challenge_password_wo", nil, "challenge_password_wo_version", 1), failure, "challenge_password_wo_version", nil},
		"CDC among parameters":        {wanted("parameters", map[string]any{"CDC_Server_1_": "http://a"}), failure, `parameters["CDC_Server_1_"]`, []string{"attribute scep_server"}},
		"near a CDC parameter":        {wanted("parameters", map[string]any{"CDC_Comon_Name_1_": "x"}), failure, `parameters["CDC_Comon_Name_1_"]`, []string{"Write CDC_Common_Name_1_"}},
		"near a parameter":            {wanted("parameters", map[string]any{"Statoin_Name": "x"}), warning, `parameters["Statoin_Name"]`, []string{"Did you mean Station_Name?"}},
		"password among parameters":   {wanted("parameters", map[string]any{"Admin_Password": "x"}), failure, `parameters["Admin_Password"]`, []string{"stored in the state"}},
		"null among parameters":       {wanted("parameters", map[string]any{"Station_Name": nil}), failure, `parameters["Station_Name"]`, nil},
		"bad choice":                  {wanted("parameters", map[string]any{"Certificate_Select": "Custom"}), warning, `parameters["Certificate_Select"]`, nil},
		"unknown model":               {wanted("phone", map[string]any{"model": "1234", "mac": "001A2B3C4D5E"}), failure, "phone.model", []string{"9871"}},
		"bad MAC":                     {wanted("phone", map[string]any{"model": "9871", "mac": "00:1A"}), failure, "phone.mac", []string{"00:1A"}},
		"on_destroy":                  {wanted("on_destroy", "burn"), failure, "on_destroy", []string{"burn"}},
	} {
		t.Run(name, func(t *testing.T) {
			expect(t, c.validate(config, tc.config), tc.severity, tc.attribute, tc.want...)
		})
	}
	for name, good := range map[string]map[string]any{
		"usual":   wanted(),
		"minimal": {"path": "a.xml"},
		"phone":   wanted("phone", phone),
		"unknown": {"path": unknown{}, "scep_server": unknown{}, "root_ca_fingerprint": unknown{}, "common_name": unknown{}, "template_file": unknown{},
			"challenge_password_file": unknown{}, "parameters": unknown{}, "phone": unknown{}},
		"unknown inside": wanted("parameters", map[string]any{"Station_Name": unknown{}}, "phone", map[string]any{"model": unknown{}, "mac": unknown{}}),
	} {
		if ds := c.validate(config, good); len(ds) > 0 {
			t.Errorf("%s: %s", name, ds)
		}
	}
	expect(t, c.validate(config, wanted("challenge_password_wo", nil, "challenge_password", "plain")), warning, "challenge_password", "WriteOnly version challenge_password_wo")
}

func TestConfigUnknownsAtPlan(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]map[string]any{
		"scep_server": wanted("scep_server", unknown{}),
		"path":        wanted("path", unknown{}),
		"template":    wanted("template_file", unknown{}),
		"challenge":   wanted("challenge_password_wo", unknown{}),
		"parameters":  wanted("parameters", map[string]any{"Station_Name": unknown{}}),
		"phone":       wanted("phone", map[string]any{"model": "9871", "mac": unknown{}}),
	} {
		t.Run(name, func(t *testing.T) {
			c := newWire(t, "/no/such/store")
			planned := c.must(c.plan("ciscophone_config", state{}, config))
			for _, computed := range []string{"changes", "content_digest", "revision", "enrollment_id", "reenrolls", "certificate_common_name"} {
				if got := planned.text(computed); got != "unknown" {
					t.Errorf("planned %s = %s, want unknown", computed, got)
				}
			}
		})
	}
}

func TestConfigUnknownStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	c.configure(map[string]any{"store": unknown{}})
	planned := c.must(c.plan(config, state{}, wanted()))
	if planned.text("changes") != "unknown" {
		t.Errorf("planned changes = %s", planned.text("changes"))
	}
	c.configure(map[string]any{"store": dir})
	c.must(c.apply(config, state{}, planned, wanted()))
	if !strings.Contains(content(t, dir, "a.xml"), pearl) {
		t.Error("not pushed")
	}
}

func TestConfigNoStore(t *testing.T) {
	t.Setenv(EnvStore, "")
	c := newWire(t, "")
	_, ds := c.plan(config, state{}, wanted())
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "", "No Store Configured", EnvStore)
	t.Setenv(EnvStore, t.TempDir())
	c = newWire(t, "")
	c.must(c.plan(config, state{}, wanted()))
	expect(t, c.configure(map[string]any{"store": "relative"}), tfprotov6.DiagnosticSeverityError, "store", "absolute")
}

func TestConfigStoreUnreachableAtPlan(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]string{"directory": filepath.Join(t.TempDir(), "typo"), "scep_server": "http://127.0.0.1:1/"} {
		t.Run(name, func(t *testing.T) {
			_, ds := newWire(t, store).plan(config, state{}, wanted())
			expect(t, ds, tfprotov6.DiagnosticSeverityError, "path", "Cannot Be Read", strings.TrimSuffix(store, "/"), "-refresh=false")
		})
	}
}
