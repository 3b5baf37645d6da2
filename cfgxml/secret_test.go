// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const pearl = "Quiet-Harbour-77"

// However a secret is printed, by itself or inside something else, its text
// does not show.
func TestSecretIsNeverPrinted(t *testing.T) {
	s := secret.New(pearl)
	e := Enrollment{Server: "http://a/", ChallengePassword: s}
	edit := SetSecret(cdc.ParamChallengePassword, s)
	values := []any{
		s, &s, []secret.Text{s}, map[string]secret.Text{"k": s}, struct{ S secret.Text }{s}, struct{ s secret.Text }{s}, struct{ P *secret.Text }{&s}, any(s),
		e, &e, []Enrollment{e}, struct{ e Enrollment }{e}, edit, &edit, []Edit{edit},
	}
	check := func(how, out string) {
		if strings.Contains(out, pearl) || strings.Contains(out, fmt.Sprintf("%x", pearl)) || strings.Contains(out, fmt.Sprintf("%X", pearl)) {
			t.Errorf("%s shows the secret: %s", how, out)
		}
	}
	for _, v := range values {
		for verb := '!'; verb <= '~'; verb++ {
			for _, flags := range []string{"", "+", "#", "-", " ", "0", "10", ".3", "+#", "[1]"} {
				format := "%" + flags + string(verb)
				check(fmt.Sprintf("%s of %T", format, v), fmt.Sprintf(format, v))
			}
		}
		check("Sprint", fmt.Sprint(v)+fmt.Sprintln(v))
		j, err := json.Marshal(v)
		check("json", string(j)+fmt.Sprint(err))
		x, err := xml.Marshal(v)
		check("xml", string(x)+fmt.Sprint(err))
		var b bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			slog.New(h).Info("set", "value", v, slog.Group("g", "v", v))
		}
		err = template.Must(template.New("").Parse(`{{.}} {{printf "%s %q %x %v" . . . .}} {{html .}} {{js .}} {{print .}}`)).Execute(&b, v)
		check("slog and text/template", b.String()+fmt.Sprint(err))
		check("an error", fmt.Errorf("cannot set %v: %w", v, errors.New("no")).Error())
	}
	if got := fmt.Sprintf("%v|%s|%q|%d|%#v|%x", s, s, s, s, s, s); got != strings.TrimSuffix(strings.Repeat("(secret)|", 6), "|") {
		t.Error(got)
	}
	if fmt.Sprint(secret.Text{}) != fmt.Sprint(s) {
		t.Error("an empty secret prints differently")
	}
}

func TestSecret(t *testing.T) {
	a := secret.New("a")
	for _, c := range []struct {
		name string
		got  bool
		want bool
	}{
		{"zero is empty", secret.Text{}.IsZero(), true},
		{"NewSecret of nothing is empty", secret.New("").IsZero(), true},
		{"a secret is not empty", a.IsZero(), false},
		{"equal to itself", a.Equal(secret.New("a")), true},
		{"not equal to another", a.Equal(secret.New("b")), false},
		{"not equal to a longer one", a.Equal(secret.New("aa")), false},
		{"zeros are equal", secret.Text{}.Equal(secret.New("")), true},
		{"asterisks are a mask", secret.New("*****").Masked(), true},
		{"bullets are a mask", secret.New("••••●").Masked(), true},
		{"nothing is no mask", secret.Text{}.Masked(), false},
		{"an asterisk in a password is no mask", secret.New("**a**").Masked(), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v", c.name, c.got)
		}
	}
	if a.Reveal() != "a" || (secret.Text{}).Reveal() != "" {
		t.Error("Reveal")
	}
}

// No error quotes a part of a password, wherever the document or edit is wrong.
func TestErrorsHideSecrets(t *testing.T) {
	for _, name := range []string{cdc.ParamChallengePassword, "Admin_Password", "GPP_SA"} {
		for _, text := range []string{pearl + "&x;", "a&" + pearl + ";", "<" + pearl, "<" + pearl + ">", "x</" + pearl + ">", "<!" + pearl, "<a " + pearl + "='x' " + pearl + "='y'>", "]]>" + pearl, pearl + "\x01", "<a>" + pearl, "<a></" + pearl, "<?" + pearl, "<b " + pearl} {
			_, err := Parse([]byte("<flat-profile><"+name+">"+text+"</"+name+"></flat-profile>"), Strict())
			if err == nil {
				t.Errorf("%q is accepted", text)
			} else if strings.Contains(err.Error(), pearl) || strings.Contains(err.Error(), pearl[:5]) {
				t.Errorf("%q: %v", text, err)
			}
			d, err := Parse([]byte("<flat-profile><" + name + ">" + text + "</" + name + "></flat-profile>"))
			if err == nil && strings.Contains(fmt.Sprint(d.Notes()), pearl) {
				t.Errorf("%q: %v", text, d.Notes())
			}
		}
		d := mustParse(t, "<flat-profile/>")
		for _, v := range []string{pearl + "\n", " " + pearl, pearl + "\x01☎", pearl + "\ufffe", pearl + "\xff"} {
			if _, err := d.Edit(SetSecret("X", secret.New(v)), Set(name, v)); err == nil || strings.Contains(err.Error(), pearl) {
				t.Errorf("%q: %v", v, err)
			}
		}
	}
}
