// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/scep"
)

// maxQuery bounds the query of a GET: a message of 64 KiB in base64, each
// character of it percent-encoded at worst.
const maxQuery = scep.MaxMessage * 4 / 3 * 3

// ServeHTTP answers GetCACaps, GetCACert, GetNextCACert and PKIOperation, by GET and POST, at
// the paths SCEP clients are known to use: /cgi-bin/pkiclient.exe (RFC 8894
// section 4.1 and IOS), /scep, /scep/NAME, /certsrv/mscep/mscep.dll (NDES), /,
// and /pkiclient.exe below any of them. It also serves revocation lists, OCSP and
// CA certificates at the addresses that certificates name.
func (ca *CA) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ca.stats.requests.Add(1)
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			ca.panicked(w, r)
		}
	}()
	if !ca.limiter.take(r.RemoteAddr, 1, time.Now()) {
		ca.stats.rateLimited.Add(1)
		turnAway(w, "2")
		refuseHTTP(w, http.StatusTooManyRequests, "too many requests from this address")
		return
	}
	if answer := ca.published(r); answer != nil {
		answer.send(w)
		return
	}
	if !knownPath(r.URL.Path) {
		refuseHTTP(w, http.StatusNotFound, "no SCEP service at this path: try /scep")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		refuseHTTP(w, http.StatusMethodNotAllowed, "SCEP uses GET and POST")
		return
	}
	if len(r.URL.RawQuery) > maxQuery {
		refuseHTTP(w, http.StatusRequestURITooLong, "the query is too long")
		return
	}
	operation, _, _ := queryValue(r.URL.RawQuery, "operation")
	answer, stop := ca.quirk.before(w, r, operation)
	if stop {
		return
	}
	if answer == nil {
		answer = ca.answer(w, r, operation)
	}
	if answer != nil {
		ca.quirk.write(w, r, operation, answer)
	}
}

// answer is what goes back over HTTP: a body with its type.
type answer struct {
	status      int
	contentType string
	body        []byte
}

func plain(status int, text string) *answer {
	return &answer{status, "text/plain; charset=utf-8", []byte(text + "\n")}
}

func refuseHTTP(w http.ResponseWriter, status int, text string) { plain(status, text).send(w) }

func (a *answer) send(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client's loss
}

// turnAway is for a request whose body nobody reads: without closing, the answer
// would wait for the rest of it.
func turnAway(w http.ResponseWriter, seconds string) {
	w.Header().Set("Retry-After", seconds)
	w.Header().Set("Connection", "close")
}

// knownPath compares without regard to case, as NDES does.
func knownPath(path string) bool {
	path = strings.ToLower(strings.TrimSuffix(path, "/"))
	path = strings.TrimSuffix(path, "/pkiclient.exe")
	switch path {
	case "", "/cgi-bin", "/scep", "/certsrv/mscep/mscep.dll", "/certsrv/mscep":
		return true
	}
	name, ok := strings.CutPrefix(path, "/scep/")
	return ok && name != "" && !strings.Contains(name, "/")
}

func (ca *CA) answer(w http.ResponseWriter, r *http.Request, operation string) *answer {
	switch operation {
	case "GetCACaps":
		return &answer{http.StatusOK, "text/plain", []byte(ca.capabilities())}
	case "GetCACert":
		return ca.caCert()
	case "GetNextCACert":
		return ca.nextCA()
	case "PKIOperation":
		leave, ok := ca.admit(r.RemoteAddr)
		if !ok {
			ca.stats.rateLimited.Add(1)
			turnAway(w, "5")
			return plain(http.StatusServiceUnavailable, "too many messages at once")
		}
		defer leave()
		message, refused := ca.readMessage(w, r)
		if refused != nil {
			ca.stats.malformed.Add(1)
			return refused
		}
		return ca.pkiOperation(r, message)
	}
	return plain(http.StatusBadRequest, "operation must be GetCACaps, GetCACert, GetNextCACert or PKIOperation")
}

// capabilities (RFC 8894 section 3.5.2). SHA-384 is not a registered word:
// strongSwan 5.9 takes AES for missing without it. GetNextCACert is named while
// there is a next CA to get.
func (ca *CA) capabilities() string {
	words := []string{"POSTPKIOperation", "SCEPStandard", "AES", "DES3", "SHA-256", "SHA-384", "SHA-512", "Renewal"}
	if ca.config.AllowSHA1 {
		words = append(words, "SHA-1")
	}
	if ca.authority.Load().next != nil {
		words = append(words, "GetNextCACert")
	}
	return strings.Join(words, "\n") + "\n"
}

// caCert is the bag: RA if there is one, issuing CA, root. A phone knows the
// fingerprint of the root, so the root must be in it.
func (ca *CA) caCert() *answer {
	certs, single := ca.bag()
	if single {
		return &answer{http.StatusOK, "application/x-x509-ca-cert", certs[0].Raw}
	}
	body, err := scep.CertsOnly(certs)
	if err != nil {
		ca.log.Error("GetCACert failed", "error", err)
		return plain(http.StatusInternalServerError, "internal error")
	}
	return &answer{http.StatusOK, "application/x-x509-ca-ra-cert", body}
}

// readMessage takes the message of a PKIOperation out of the query or the body,
// never more than 64 KiB of it.
func (ca *CA) readMessage(w http.ResponseWriter, r *http.Request) ([]byte, *answer) {
	if r.Method == http.MethodGet {
		message, err := decodeGET(r.URL.RawQuery)
		if err != nil {
			return nil, ca.malformed(r, err)
		}
		return message, nil
	}
	tooLarge := plain(http.StatusRequestEntityTooLarge, "a SCEP message has at most 64 KiB")
	if r.ContentLength > scep.MaxMessage {
		w.Header().Set("Connection", "close")
		return nil, tooLarge
	}
	message, err := io.ReadAll(http.MaxBytesReader(w, newPatientBody(w, r.Body, ca.bodyGrace), scep.MaxMessage))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge
	case err != nil:
		return nil, ca.malformed(r, fmt.Errorf("body: %w", err))
	}
	return message, nil
}

// malformed answers a message that is no SCEP message, or not one whose sender
// can be answered. What exactly is wrong goes into the log only.
func (ca *CA) malformed(r *http.Request, err error) *answer {
	ca.log.LogAttrs(r.Context(), slog.LevelWarn, "not a SCEP message",
		slog.String("remote", r.RemoteAddr), slog.String("reason", printable(err.Error())))
	return plain(http.StatusBadRequest, "not a SCEP message")
}

// pkiOperation works on one message, at most maxInFlight at a time.
func (ca *CA) pkiOperation(r *http.Request, message []byte) *answer {
	select {
	case ca.busy <- struct{}{}:
		defer func() { <-ca.busy }()
	case <-r.Context().Done():
		return nil
	}
	m, err := scep.Open(message)
	if err != nil {
		ca.stats.malformed.Add(1)
		return ca.malformed(r, err)
	}
	reply, err := ca.handle(r.Context(), m, r.RemoteAddr)
	if err != nil {
		ca.log.LogAttrs(r.Context(), slog.LevelError, "no reply could be made",
			slog.String("remote", r.RemoteAddr), slog.String("error", printable(err.Error())))
		return plain(http.StatusInternalServerError, "internal error")
	}
	return &answer{http.StatusOK, "application/x-pki-message", reply}
}

// panicked keeps the process alive. The value of the panic stays unprinted: it
// may be made of what the peer sent, and printing some values panics again.
func (ca *CA) panicked(w http.ResponseWriter, r *http.Request) {
	ca.stats.panics.Add(1)
	stack := make([]byte, 8<<10)
	ca.log.LogAttrs(context.WithoutCancel(r.Context()), slog.LevelError, "panic while answering",
		slog.String("remote", r.RemoteAddr), slog.String("stack", string(stack[:runtime.Stack(stack, false)])))
	refuseHTTP(w, http.StatusInternalServerError, "internal error")
}

// printable makes a string from a peer safe for any log: printable ASCII,
// everything else as an escape, bounded.
func printable(s string) string {
	const limit = 200
	var b strings.Builder
	for _, c := range s {
		if b.Len() > limit {
			b.WriteString("...")
			break
		}
		if c < ' ' || c > '~' {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(c), "'"))
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}
