// SPDX-License-Identifier: MPL-2.0

package reports

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Options adjust the receiver.
type Options struct {
	// Known reports whether a phone may report. Nil lets none.
	Known func(device.MAC) bool
	// Key returns the secret that a phone's reports are encrypted with. It serves
	// the log only: what cannot be opened is stored all the same. Nil has none.
	Key func(device.MAC) secret.Text
	// MaxSize bounds a body, in bytes. 0 means 1 MiB.
	MaxSize int64
	// History is how many reports of a phone are kept besides the newest. 0 means 8.
	History int
	// Interval is how long after a report the phone's next one is refused with 429.
	// 0 refuses none.
	Interval time.Duration
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// Logger records what came, never contents. Nil logs nothing.
	Logger *slog.Logger
}

// Handler receives reports by PUT and POST and keeps them in store.
func Handler(store push.Store, o Options) http.Handler {
	if o.MaxSize <= 0 {
		o.MaxSize = 1 << 20
	}
	if o.History <= 0 {
		o.History = 8
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &handler{store, o}
}

type handler struct {
	store push.Store
	o     Options
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodPut && r.Method != http.MethodPost {
		w.Header().Set("Allow", "PUT, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	mac, ok := phoneOf(r.URL.Path)
	if !ok || h.o.Known == nil || !h.o.Known(mac) {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.o.MaxSize))
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.As(err, &tooLarge):
		http.Error(w, "the report is larger than the server takes", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "the body ended early", http.StatusBadRequest)
		return
	case len(body) == 0:
		http.Error(w, "the report is empty", http.StatusBadRequest)
		return
	}
	report := Report{MAC: mac, Received: h.o.Now().UTC(), Encoding: r.Header.Get("Content-Encoding"), Body: body}
	var early *earlyError
	switch err := h.keep(r.Context(), &report); {
	case errors.As(err, &early):
		w.Header().Set("Retry-After", strconv.Itoa(int(early.wait/time.Second)+1))
		http.Error(w, "reports come too often", http.StatusTooManyRequests)
		return
	case err != nil:
		h.o.Logger.Error("a report could not be stored", "mac", mac.String(), "error", err)
		http.Error(w, "the report could not be stored: see the server's log", http.StatusServiceUnavailable)
		return
	}
	h.log(&report)
	w.WriteHeader(http.StatusNoContent)
}

// log says what came. The errors of parsers quote the text that they stop at, so
// they are left out.
func (h *handler) log(r *Report) {
	var key secret.Text
	if h.o.Key != nil {
		key = h.o.Key(r.MAC)
	}
	about := []any{"mac", r.MAC.String(), "bytes", len(r.Body)}
	c, err := r.Read(key)
	if err != nil {
		h.o.Logger.Warn("a report that cannot be read is kept", about...)
		return
	}
	kind := "configuration"
	if c.Status != nil {
		kind = "status"
	}
	h.o.Logger.Info("report", append(about, "kind", kind)...)
}

// phoneOf returns the phone whose MAC address the last element of a path is.
func phoneOf(p string) (device.MAC, bool) {
	name := path.Base(p)
	if ext := path.Ext(name); strings.EqualFold(ext, ".xml") || strings.EqualFold(ext, ".cfg") {
		name = strings.TrimSuffix(name, ext)
	}
	mac, err := device.ParseMAC(name)
	return mac, err == nil
}
