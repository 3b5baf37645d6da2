// SPDX-License-Identifier: MPL-2.0

package operate

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
	"github.com/phonecfg/terraform-provider-ciscophone/phone"
	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

func exportWPACommand(a *term.App) *cobra.Command {
	var dir, ca string
	var mac device.MAC
	c := &cobra.Command{
		Use:   "export-wpa OUT --dir DIR",
		Short: "Write what wpa_supplicant needs to stand for a phone on its wired port",
		Long: `export-wpa writes the folder OUT with wpa_supplicant.conf, client.pem, client.key
and ca.pem, so that wpa_supplicant -D wired, or eapol_test, authenticates by
EAP-TLS as the phone would now: with its User ID, and with the custom certificate
where Certificate Select says so and there is one, else with the manufacturing
installed one. The key lies in OUT unencrypted, readable for its owner only.`,
		Example: "  ciscophone phone export-wpa --dir phones wpa\n  eapol_test -c wpa/wpa_supplicant.conf -a 192.0.2.9 -s \"$SECRET\"",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return exportWPA(a, args[0], dir, mac, ca) },
	}
	c.Flags().StringVar(&dir, "dir", "", "`folder` that holds the phones")
	term.MacVar(c.Flags(), &mac, "mac", "", "MAC `address` of the phone, needed where DIR holds several")
	c.Flags().StringVar(&ca, "radius-ca", "", "PEM `file` with the CA of the RADIUS server; by default the root of the phone's own certificate")
	_ = c.MarkFlagRequired("dir")
	return c
}

func exportWPA(a *term.App, out, dir string, mac device.MAC, ca string) error {
	own, mic, err := keptPhone(dir, mac)
	if err != nil {
		return err
	}
	id, err := device.ParseMICName(mic.Certificate.Subject.CommonName)
	if err != nil {
		return term.Failure(err)
	}
	p, err := phone.New(phone.Config{Identity: id, MIC: mic, Dir: own})
	if err != nil {
		return term.Failure(err)
	}
	s := p.Supplicant() // never without a certificate: the phone has a MIC
	trusted := pemChain(s.Chain[len(s.Chain)-1:])
	if ca != "" {
		if trusted, err = os.ReadFile(ca); err != nil {
			return term.Failure(term.ReadError(ca, err))
		}
	}
	if err := writeWPA(out, s, trusted); err != nil {
		return term.Failure(err)
	}
	which := "manufacturing installed certificate"
	if s.Custom {
		which = "custom certificate"
	}
	fmt.Fprintf(a.Stdout, "%s: %s, %s\n", filepath.Join(out, wpaFile), s.Identity, which)
	if !s.Enabled {
		a.Say("802.1X is switched off on the phone", "it would not answer; Enable 802.1X Authentication switches it on")
	}
	return nil
}

// keptPhone returns the folder and the MIC of the one phone that a folder of ciscophone
// runPhone or ciscophone lab holds, or of the one with that MAC address.
func keptPhone(dir string, mac device.MAC) (own string, mic *scep.Signer, err error) {
	var found []string
	for _, pattern := range []string{"*", filepath.Join("phones", "*")} { // of phone, and of lab
		files, err := filepath.Glob(filepath.Join(dir, pattern, phone.MICFile))
		if err != nil {
			return "", nil, term.UsageError("--dir: %w", err)
		}
		found = append(found, files...)
	}
	n := 0
	for _, file := range found {
		m, err := phone.ReadMIC(filepath.Dir(file))
		if err != nil {
			return "", nil, term.Failure(fmt.Errorf("%s: %w", filepath.Dir(file), err))
		}
		id, err := device.ParseMICName(m.Certificate.Subject.CommonName)
		if err == nil && (mac.IsZero() || id.MAC == mac) {
			own, mic = filepath.Dir(file), m
			n++
		}
	}
	switch {
	case n == 1:
		return own, mic, nil
	case n > 1:
		return "", nil, term.UsageError("%s holds %d phones", dir, n).Hint("choose one with --mac")
	case len(found) > 0:
		return "", nil, term.Failure(fmt.Errorf("%s: no phone with the MAC address %s is kept there", dir, mac)).Hint("%d others are", len(found))
	}
	return "", nil, term.Failure(fmt.Errorf("%s: no phone is kept there", dir)).Hint("DIR is the folder that ciscophone phone --dir or ciscophone lab --dir made")
}

const wpaFile = "wpa_supplicant.conf"

func writeWPA(out string, s phone.Supplicant, trusted []byte) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if strings.ContainsAny(out, "\"\n") {
		return errors.New("the folder's name has a character that wpa_supplicant.conf cannot quote")
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return err
	}
	key, err := pemKey(s.Key)
	if err != nil {
		return err
	}
	chain := s.Chain
	if last := chain[len(chain)-1]; len(chain) > 1 && bytes.Equal(last.RawSubject, last.RawIssuer) {
		chain = chain[:len(chain)-1] // who checks has the root, or should not trust it
	}
	for _, f := range []struct {
		name string
		data []byte
		mode os.FileMode
	}{
		{"ca.pem", trusted, 0o644},
		{"client.pem", pemChain(chain), 0o644},
		{"client.key", key, 0o600},
		{wpaFile, wpaConfig(out, s.Identity), 0o644},
	} {
		path := filepath.Join(out, f.name)
		// A file that is there would hand on its mode, and a key be read by others.
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := maybe.WriteFile(path, f.data, f.mode); err != nil {
			return err
		}
	}
	return nil
}

func wpaConfig(dir, identity string) []byte {
	// An identity with a quote in it is written in hexadecimal.
	quoted := `"` + identity + `"`
	if strings.ContainsFunc(identity, func(r rune) bool { return r == '"' || r < ' ' || r > '~' }) {
		quoted = hex.EncodeToString([]byte(identity))
	}
	return fmt.Appendf(nil, `# A phone on its wired port:
#   wpa_supplicant -D wired -i IFACE -c %[1]s/%[3]s
#   eapol_test -c %[1]s/%[3]s -a RADIUS-SERVER -s SECRET
ap_scan=0
network={
	key_mgmt=IEEE8021X
	eap=TLS
	identity=%[2]s
	ca_cert="%[1]s/ca.pem"
	client_cert="%[1]s/client.pem"
	private_key="%[1]s/client.key"
	eapol_flags=0
}
`, dir, quoted, wpaFile)
}
