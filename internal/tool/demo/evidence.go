// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// gather asks every phone for its certificate, until it is right or the
// context ends.
func gather(ctx context.Context, phones []lab.Phone, e verify.Expectation, commonName func(lab.Phone) string) ([]verify.Evidence, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var all []verify.Evidence
	for _, p := range phones {
		e.CommonName = commonName(p)
		ev, err := verify.Wait(ctx, p.Page, e, nil, 100*time.Millisecond, nil)
		if err != nil {
			return all, fmt.Errorf("phone %s: %w", p.Name, err)
		}
		all = append(all, ev)
	}
	return all, nil
}

// evidenceTable prints what the phones show and what was proved of it.
func evidenceTable(w io.Writer, phones []lab.Phone, all []verify.Evidence) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PHONE\tCOMMON NAME\tSERIAL\tISSUER\tNOT AFTER\tCHAIN TO ROOT")
	for i, ev := range all {
		root := "NOT the pinned one"
		if ev.Verified() {
			root = first(ev.Root, 8) + "…"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", phones[i].Model, ev.CommonName, short(ev.Serial),
			commonNameOf(ev.Issuer), ev.NotAfter.UTC().Format("2006-01-02"), root)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, ev := range all {
		fmt.Fprintf(w, "%s shows: %s\n", phones[i].Model, ev.Status)
	}
	return nil
}

// short keeps a serial number recognizable.
func short(serial string) string {
	if len(serial) <= 12 {
		return serial
	}
	return serial[:6] + "…" + serial[len(serial)-4:]
}

func first(s string, n int) string { return s[:min(n, len(s))] }

// commonNameOf takes the CN out of a distinguished name.
func commonNameOf(dn string) string {
	for part := range strings.SplitSeq(dn, ",") {
		if cn, ok := strings.CutPrefix(part, "CN="); ok {
			return cn
		}
	}
	return dn
}

// opensslVerify lets openssl, a program by other people, judge each phone's
// chain against the root. It returns openssl's answers, or false when there is
// no openssl.
func opensslVerify(ctx context.Context, dir, caFile string, phones []lab.Phone, all []verify.Evidence) (answers []string, ok bool, err error) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		return nil, false, nil
	}
	for i, ev := range all {
		if len(ev.Chain) == 0 {
			return nil, true, fmt.Errorf("%s shows no chain", phones[i].Name)
		}
		chain := verify.PEM(ev)
		leaf := verify.PEM(verify.Evidence{Chain: ev.Chain[:1]})
		chainFile := filepath.Join(dir, phones[i].Name+"-chain.pem")
		leafFile := filepath.Join(dir, phones[i].Name+".pem")
		if err := errors.Join(os.WriteFile(chainFile, chain, 0o644), os.WriteFile(leafFile, leaf, 0o644)); err != nil {
			return nil, true, err
		}
		out, err := exec.CommandContext(ctx, openssl, "verify", "-x509_strict", "-purpose", "sslclient",
			"-CAfile", caFile, "-untrusted", chainFile, leafFile).CombinedOutput()
		if err != nil {
			return nil, true, fmt.Errorf("openssl verify refuses the certificate of %s: %w\n%s", phones[i].Name, err, out)
		}
		answers = append(answers, strings.TrimSpace(strings.ReplaceAll(string(out), dir+string(filepath.Separator), "")))
	}
	return answers, true, nil
}
