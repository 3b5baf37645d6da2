// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const challengeName = "ciscophone_scep_challenge"

// open opens the ephemeral resource as a CLI does, after validating.
func (c *wire) open(config map[string]any) (string, diagnostics) {
	c.t.Helper()
	typ := c.schema.EphemeralResourceSchemas[challengeName].ValueType()
	cfg := c.dynamic(c.object(typ, config))
	valid, err := c.server.ValidateEphemeralResourceConfig(c.t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: challengeName, Config: cfg})
	if ds := c.seen(err, valid.Diagnostics); ds.failed() {
		return "", ds
	}
	resp, err := c.server.OpenEphemeralResource(c.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: challengeName, Config: cfg})
	ds := c.seen(err, resp.Diagnostics)
	if ds.failed() {
		return "", ds
	}
	return state{value: c.value(resp.Result, typ)}.text("challenge_password"), ds
}

func TestChallengeGenerated(t *testing.T) {
	t.Parallel()
	c := newWire(t, "")
	seen := map[string]bool{}
	for _, config := range []map[string]any{{}, {}, {"length": 16}, {"length": 64}} {
		challenge, ds := c.open(config)
		want, ok := config["length"].(int)
		if !ok {
			want = 32
		}
		if ds.failed() || len(challenge) != want || seen[challenge] || !regexp.MustCompile(`^[A-Za-z2-9]+$`).MatchString(challenge) {
			t.Errorf("%v: %q: %s", config, challenge, ds)
		}
		seen[challenge] = true
	}
	for name, config := range map[string]map[string]any{
		"too short":    {"length": 15},
		"too long":     {"length": 65},
		"two sources":  {"length": 20, "command": []any{"true"}},
		"no user":      {"ndes_url": "https://ndes.example.net/"},
		"no command":   {"command": []any{}},
		"timeout":      {"timeout": "soon"},
		"long timeout": {"timeout": "1h"},
		"ftp":          {"ndes_url": "ftp://ndes.example.net/", "ndes_username": "a", "ndes_password": "b"},
		"credentials":  {"ndes_url": "https://a:" + secret + "@ndes.example.net/", "ndes_username": "a", "ndes_password": "b"},
	} {
		if challenge, ds := c.open(config); !ds.failed() || challenge != "" {
			t.Errorf("%s: %s", name, ds)
		}
	}
	// Every character of the alphabet is as likely as the others: none is left out.
	all, err := generateChallenge(strings.NewReader(strings.Repeat("\x00\x38\x39\xff", 100)), 3)
	if err != nil || all != "A9A" {
		t.Errorf("0, 56, 57 and 255 give %q, %v", all, err)
	}
	if _, err := generateChallenge(strings.NewReader("\xff"), 1); err == nil {
		t.Error("no randomness, and no error")
	}
}

func TestChallengeCommand(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("not run: needs sh")
	}
	c := newWire(t, "")
	for _, tc := range []struct{ script, challenge, problem string }{
		{script: "echo " + secret, challenge: secret},
		{script: "printf '" + secret + "\\r\\n'", challenge: secret},
		{script: "exit 0", problem: "wrote 0 lines"},
		{script: "echo " + secret + "; echo " + secret, problem: "wrote 2 lines"},
		{script: "echo " + secret + "; echo the vault is sealed >&2; exit 3", problem: "exit status 3: the vault is sealed"},
		{script: "echo '********'", problem: "mask characters"},
		{script: "sleep 20", problem: "took too long"},
	} {
		challenge, ds := c.open(map[string]any{"command": []any{sh, "-c", tc.script}, "timeout": "2s"})
		if challenge != tc.challenge || ds.failed() != (tc.problem != "") || !strings.Contains(ds.String(), tc.problem) {
			t.Errorf("%s: %q, %s", tc.script, challenge, ds)
		}
	}
	if _, ds := c.open(map[string]any{"command": []any{"/no/such/program"}}); !ds.failed() {
		t.Error("a program that does not exist")
	}
}

// A page as NDES shows it, in words of this test: the thumbprint has spaces,
// the password has none.
func ndesPage(passwords ...string) string {
	page := "<HTML><Body><P>Thumbprint of the CA: <B> 0A1B2C3D 4E5F6071 8293A4B5 C6D7E8F9 </B><P>"
	for _, p := range passwords {
		page += "Password: <B> " + p + " </B> <P>"
	}
	return page + "</Body></HTML>"
}

func wide(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func TestChallengeNDES(t *testing.T) {
	t.Parallel()
	const password = "0F1E2D3C4B5A6978"
	c := newWire(t, "")
	for name, tc := range map[string]struct {
		status         int
		offers, body   string
		location       string
		want, problems string
	}{
		"utf-8":          {body: ndesPage(password), want: password},
		"utf-16":         {body: wide(ndesPage(password)), want: password},
		"without a mark": {body: wide(ndesPage(password))[2:], want: password},
		"two":            {body: ndesPage(password, password), problems: "shows 2 passwords"},
		"none":           {body: ndesPage(), problems: "shows no challenge password"},
		"full":           {body: wide("The password cache is full."), problems: "cache is full"},
		"not allowed":    {body: "You do not have sufficient permission to enroll with SCEP.", problems: "no permission"},
		"ntlm":           {status: http.StatusUnauthorized, offers: "NTLM", problems: "no Basic authentication"},
		"wrong":          {status: http.StatusUnauthorized, offers: `Basic realm="ndes"`, problems: "refuses"},
		"redirect":       {status: http.StatusFound, location: "/elsewhere", problems: "302"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if user, pass, _ := r.BasicAuth(); user != `EXAMPLE\ndes` || pass != secret || r.URL.Path != "/certsrv/mscep_admin/" {
					t.Errorf("asked for %s by %s", r.URL, user)
				}
				if tc.offers != "" {
					w.Header().Set("WWW-Authenticate", tc.offers)
				}
				if tc.location != "" {
					w.Header().Set("Location", tc.location)
				}
				if tc.status != 0 {
					w.WriteHeader(tc.status)
				}
				_, _ = w.Write([]byte(tc.body))
			}))
			defer srv.Close()
			got, ds := c.open(map[string]any{"ndes_url": srv.URL + "/certsrv/mscep_admin/", "ndes_username": `EXAMPLE\ndes`, "ndes_password": secret})
			if got != tc.want || !strings.Contains(ds.String(), tc.problems) || ds.failed() != (tc.problems != "") || strings.Contains(ds.String(), password) {
				t.Errorf("%q, %s", got, ds)
			}
		})
	}
}
