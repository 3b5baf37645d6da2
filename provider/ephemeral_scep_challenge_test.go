// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/apache"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

const challengeName = "ciscophone_scep_challenge"

// open opens the ephemeral resource as a CLI does, after validating.
func (c *wire) open(config map[string]any) (string, diagnostics) {
	c.t.Helper()
	typ := c.schema.EphemeralResourceSchemas[challengeName].ValueType()
	cfg := c.dynamic(c.object(typ, config))
	if ds := c.validateEphemeral(config); ds.failed() {
		return "", ds
	}
	resp, err := c.server.OpenEphemeralResource(c.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: challengeName, Config: cfg})
	ds := c.seen(err, resp.Diagnostics)
	if ds.failed() {
		return "", ds
	}
	return state{value: c.value(resp.Result, typ)}.text("challenge_password"), ds
}

func (c *wire) validateEphemeral(config map[string]any) diagnostics {
	c.t.Helper()
	cfg := c.dynamic(c.object(c.schema.EphemeralResourceSchemas[challengeName].ValueType(), config))
	valid, err := c.server.ValidateEphemeralResourceConfig(c.t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: challengeName, Config: cfg})
	return c.seen(err, valid.Diagnostics)
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
		"credentials":  {"ndes_url": "https://a:" + pearl + "@ndes.example.net/", "ndes_username": "a", "ndes_password": "b"},
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
	sh := peer.Program(t, "sh")
	c := newWire(t, "")
	for _, tc := range []struct{ script, challenge, problem string }{
		{script: "echo " + pearl, challenge: pearl},
		{script: "printf '" + pearl + "\\r\\n'", challenge: pearl},
		{script: "exit 0", problem: "it is empty"},
		{script: "exit 3", problem: "failed and says nothing: exit status 3."},
		{script: "echo " + pearl + "; echo " + pearl, problem: "it has more than one line"},
		{script: "echo " + pearl + "; echo the vault is sealed >&2; exit 3", problem: "exit status 3: the vault is sealed"},
		{script: "echo '********'", problem: "only a mask"},
		{script: "sleep 20", problem: "took too long"},
	} {
		challenge, ds := c.open(map[string]any{"command": []any{sh, "-c", tc.script}, "timeout": "2s"})
		if challenge != tc.challenge || ds.failed() != (tc.problem != "") || !strings.Contains(ds.String(), tc.problem) {
			t.Errorf("%s: %q, %s", tc.script, challenge, ds)
		}
	}
	for _, program := range []string{"/no/such/program", "no-such-program"} {
		_, ds := c.open(map[string]any{"command": []any{program}})
		expect(t, ds, tfprotov6.DiagnosticSeverityError, "command", "The command "+program+" cannot be run: ", "name of one on PATH.")
	}
}

// TestChallengeNDES asks real web servers: one that demands NTLM, and one with
// Basic authentication. What pages and handshakes can be like is tested in
// package ndes.
func TestChallengeNDES(t *testing.T) {
	t.Parallel()
	const onetime = "0F1E2D3C4B5A6978"
	shown := []byte("<HTML><P>Thumbprint: <B> 0A1B2C3D 4E5F6071 </B><P>Password: <B> " + onetime + " </B></HTML>")
	srv := apache.Start(t, []string{"EXAMPLE:ndes:" + pearl}, map[string][]byte{"certsrv/mscep_admin/index.html": shown, "basic/mscep_admin/index.html": shown,
		"certsrv/full/index.html": []byte("The password cache is full.")})
	notPEM := write(t, t.TempDir(), "ca.der", "not a certificate")
	c := newWire(t, "")
	for name, tc := range map[string]struct {
		url, auth, password string
		more                map[string]any
		attribute, problem  string
	}{
		"NTLM":               {url: srv.URL + "/certsrv/mscep_admin/", auth: "ntlm"},
		"Basic":              {url: srv.URL + "/basic/mscep_admin/", auth: "basic"},
		"Basic by default":   {url: srv.URL + "/basic/mscep_admin/"},
		"NTLM by http":       {url: srv.Plain + "/certsrv/mscep_admin/", auth: "ntlm", more: map[string]any{"ndes_allow_http": true, "ndes_ca_file": nil}},
		"http":               {url: srv.Plain + "/basic/mscep_admin/", attribute: "ndes_url", problem: "set ndes_allow_http = true"},
		"http, not allowed":  {url: srv.Plain + "/basic/mscep_admin/", more: map[string]any{"ndes_allow_http": false}, attribute: "ndes_url", problem: "readable by everybody"},
		"wants NTLM":         {url: srv.URL + "/certsrv/mscep_admin/", attribute: "ndes_url", problem: `ndes_auth says which is used, "basic" or "ntlm"`},
		"wants Basic":        {url: srv.URL + "/basic/mscep_admin/", auth: "ntlm", attribute: "ndes_url", problem: `offers "Basic" and no NTLM`},
		"wrong password":     {url: srv.URL + "/certsrv/mscep_admin/", auth: "ntlm", password: "x" + pearl, attribute: "ndes_url", problem: "refuses"},
		"full":               {url: srv.URL + "/certsrv/full/", auth: "ntlm", attribute: "ndes_url", problem: "password cache of NDES is full"},
		"unknown CA":         {url: srv.URL + "/certsrv/mscep_admin/", auth: "ntlm", more: map[string]any{"ndes_ca_file": nil}, attribute: "ndes_url", problem: "ndes_ca_file names the CA"},
		"no CA":              {url: srv.URL + "/certsrv/mscep_admin/", more: map[string]any{"ndes_ca_file": notPEM}, attribute: "ndes_ca_file", problem: "holds no certificate"},
		"no such CA":         {url: srv.URL + "/certsrv/mscep_admin/", more: map[string]any{"ndes_ca_file": notPEM + "x"}, attribute: "ndes_ca_file", problem: "no such file: check the path"},
		"relative CA":        {url: srv.URL + "/certsrv/mscep_admin/", more: map[string]any{"ndes_ca_file": "ca.pem"}, attribute: "ndes_ca_file", problem: "where the provider was started"},
		"another way":        {url: srv.URL + "/certsrv/mscep_admin/", auth: "kerberos", attribute: "ndes_auth", problem: `"basic" "ntlm"`},
		"nobody listens":     {url: "https://127.0.0.1:9/", attribute: "ndes_url", problem: "does not answer"},
		"not ready in time":  {url: srv.URL + "/certsrv/mscep_admin/", more: map[string]any{"timeout": "1ns"}, attribute: "ndes_url", problem: "deadline exceeded"},
		"unknown is for now": {url: srv.Plain + "/", more: map[string]any{"ndes_allow_http": unknown{}}},
	} {
		t.Run(name, func(t *testing.T) {
			config := map[string]any{"ndes_url": tc.url, "ndes_username": `EXAMPLE\ndes`, "ndes_password": pearl, "ndes_ca_file": srv.CAFile}
			if tc.auth != "" {
				config["ndes_auth"] = tc.auth
			}
			if tc.password != "" {
				config["ndes_password"] = tc.password
			}
			maps.Copy(config, tc.more)
			if config["ndes_allow_http"] == (unknown{}) {
				if ds := c.validateEphemeral(config); len(ds) > 0 {
					t.Error(ds)
				}
				return
			}
			got, ds := c.open(config)
			if tc.problem == "" && (got != onetime || len(ds) > 0) {
				t.Fatalf("%q, %s", got, ds)
			}
			if tc.problem != "" {
				expect(t, ds, tfprotov6.DiagnosticSeverityError, tc.attribute, tc.problem)
			}
			if tc.problem != "" && len(ds) != 1 || strings.Contains(ds.String(), onetime) {
				t.Errorf("%s", ds)
			}
		})
	}
}
