// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

// maxChallengeOutput bounds what a command or page may give.
const maxChallengeOutput = 256 << 10

func challengeProblems(challenge string) []validate.Problem {
	return validate.Field(cfgxml.ParamChallengePassword, challenge, validate.Settings{})
}

// challengeFromCommand runs a program. No error holds what it wrote to standard
// output; what it wrote to standard error is the program's own explanation.
func challengeFromCommand(ctx context.Context, args []string) (string, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	out, explained := &bounded{limit: maxChallengeOutput}, &bounded{limit: 2 << 10}
	cmd.Stdout, cmd.Stderr = out, explained
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s took too long: %w", args[0], ctx.Err())
	case err != nil:
		return "", fmt.Errorf("%s: %w: %s", args[0], err, strings.TrimSpace(explained.String()))
	}
	text := strings.TrimRight(out.String(), "\r\n")
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return "", fmt.Errorf("%s wrote %d lines, want exactly one: the challenge password", args[0], strings.Count(out.String(), "\n"))
	}
	return text, nil
}

// bounded keeps the beginning of what is written to it.
type bounded struct {
	bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:max(0, min(len(p), b.limit-b.Len()))])
	return len(p), nil
}

func ndesAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return errors.New("not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("%q: want an http:// or https:// URL", u.Redacted())
	case u.User != nil:
		return errors.New("the URL holds credentials: use ndes_username and ndes_password")
	}
	return nil
}

// challengeFromNDES fetches the page mscep_admin, on which NDES shows a new
// challenge password. It follows no redirect: the credentials are for this
// server.
func challengeFromNDES(ctx context.Context, address, username, password string) (string, error) {
	if err := ndesAddress(address); err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	req.SetBasicAuth(username, password)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	defer transport.CloseIdleConnections()
	hc := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := hc.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxChallengeOutput))
	if err != nil {
		return "", err
	}
	switch offers := strings.Join(resp.Header.Values("WWW-Authenticate"), ", "); {
	case resp.StatusCode == http.StatusUnauthorized && !strings.Contains(strings.ToLower(offers), "basic"):
		return "", fmt.Errorf("the page offers %q and no Basic authentication: enable it for mscep_admin in IIS, or use command with a program that speaks NTLM, such as curl --ntlm", offers)
	case resp.StatusCode == http.StatusUnauthorized:
		return "", fmt.Errorf("the page refuses %q: check ndes_username (mostly DOMAIN\\user) and ndes_password, and that the user may enroll by the templates of NDES", username)
	case resp.StatusCode != http.StatusOK:
		return "", fmt.Errorf("the page answers %s, want 200 OK; give the address with its / at the end", resp.Status)
	}
	return challengeOnPage(body)
}

// onPage is how the page shows the password, in every language: bold, and
// without the spaces that the thumbprint of the CA has.
var onPage = regexp.MustCompile(`(?i)<b>\s*([0-9a-f]{8,64})\s*</b>`)

func challengeOnPage(body []byte) (string, error) {
	text := decodePage(body)
	found := onPage.FindAllStringSubmatch(text, -1)
	switch {
	case len(found) == 1:
		return found[0][1], nil
	case len(found) > 1:
		return "", fmt.Errorf("the page shows %d passwords, want one", len(found))
	case strings.Contains(strings.ToLower(text), "cache is full"):
		return "", errors.New("NDES says that its password cache is full: wait until passwords run out (60 minutes), use some, or raise PasswordMax in its registry")
	case strings.Contains(strings.ToLower(text), "permission"):
		return "", errors.New("NDES says that the user has no permission: it must be allowed to enroll by the templates of NDES")
	}
	return "", errors.New("the page shows no challenge password: is it that of mscep_admin, and is NDES set to demand passwords (EnforcePassword)?")
}

// decodePage undoes UTF-16, in which NDES writes the page.
func decodePage(body []byte) string {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		body = body[2:]
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		order, body = binary.BigEndian, body[2:]
	case len(body) < 2 || body[0] == 0 || body[1] != 0:
		return string(body)
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = order.Uint16(body[2*i:])
	}
	return string(utf16.Decode(units))
}
