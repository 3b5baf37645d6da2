// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

//go:embed page/*.html page/style.css
var pageFiles embed.FS

// templates are parsed when the first page is shown: a program that has phones
// among much else starts as fast as without.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"serial": serial,
		"time":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
		"bits":   keySize,
		"uses":   keyUses,
	}).ParseFS(pageFiles, "page/*.html"))
})

// maxForm bounds the body of a form; the upload of a certificate has its own.
const maxForm = 64 << 10

// uploadWait is how long an upload waits for the ones before it.
const uploadWait = 10 * time.Second

// Handler serves the phone's web pages, see the package comment. Paths begin
// with /admin/, /screen/ and /metrics; links between them are relative, so it
// can be mounted anywhere with http.StripPrefix.
func (p *Phone) Handler() http.Handler { return p.pages }

type pages struct{ *Phone }

func newPages(p *Phone) http.Handler {
	g := pages{p}
	mux := http.NewServeMux()
	home := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "admin/") // relative: net/http would make it absolute
		w.WriteHeader(http.StatusFound)
	}
	mux.HandleFunc("GET /{$}", home)
	mux.HandleFunc("GET /admin", home)
	mux.HandleFunc("GET /admin/{$}", g.show)
	mux.HandleFunc("GET /admin/certificate/{id}", g.view)
	mux.HandleFunc("GET /admin/status.xml", g.status)
	mux.HandleFunc("GET /admin/cfg.xml", g.config)
	mux.HandleFunc("GET /style.css", g.style)
	mux.HandleFunc("GET /admin/resync", g.directAction(g.resyncNow))
	mux.HandleFunc("GET /admin/reboot", g.directAction(g.reboot))
	mux.HandleFunc("POST /admin/login", g.logIn)
	mux.HandleFunc("POST /admin/logout", g.logOut)
	mux.HandleFunc("POST /admin/resync", g.change(g.resyncNow))
	mux.HandleFunc("POST /admin/reboot", g.change(g.reboot))
	mux.HandleFunc("POST /admin/factory-reset", g.change(g.factoryReset))
	mux.HandleFunc("POST /admin/scep", g.change(g.submit))
	mux.HandleFunc("POST /admin/upload", g.change(g.upload))
	mux.HandleFunc("POST /admin/delete", g.change(g.delete))
	mux.HandleFunc("GET /screen/{$}", g.screen)
	mux.HandleFunc("POST /screen/password", g.typePassword)
	mux.HandleFunc("GET /metrics", metricsHandler(func() []*Phone { return []*Phone{p} }))

	// Browsers may not be used against the phone from other sites; programs that
	// send neither Origin nor Sec-Fetch-Site are let through to the login.
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, r)
	})
}

// view model of all pages.
type page struct {
	Status
	Root    string // path back to the phone's root: "../" or "../../"
	Admin   bool   // logged in
	Locked  bool   // no admin password is set: nothing can be changed
	Message string // what came of the last action
	Error   bool   // it failed
	Held    []certificateView
	One     *certificateView
	Now     time.Time
}

func (g pages) render(w http.ResponseWriter, r *http.Request, code int, name string, data page) {
	data.Status = g.Status()
	data.Locked = g.cfg.AdminPassword.IsZero()
	data.Now = g.now()
	data.Held = views(data.Certificates, data.Now)
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, name, data); err != nil {
		g.log.Error("page", "error", err)
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	w.Write(b.Bytes())
}

// answer shows the administration page with what came of an action.
func (g pages) answer(w http.ResponseWriter, r *http.Request, message string, err error) {
	data := page{Root: "../", Admin: true, Message: message}
	code := http.StatusOK
	if err != nil {
		data.Message, data.Error, code = upperFirst(err.Error())+".", true, http.StatusUnprocessableEntity
	}
	g.render(w, r, code, "admin.html", data)
}

func upperFirst(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

const tooManyGuesses = "Too many wrong passwords: wait half a minute."

// change lets only the administrator through.
func (g pages) change(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !g.admin(r) {
			status, message := g.turnAway(w, r), "Log in as admin to change something."
			switch {
			case status == http.StatusTooManyRequests:
				message = tooManyGuesses
			case g.cfg.AdminPassword.IsZero():
				message = "No administrator password is set, so nothing can be changed here."
			}
			g.render(w, r, status, "admin.html", page{Root: "../", Message: message, Error: true})
			return
		}
		do(w, r)
	}
}

// directAction is the documented form in which GET changes something. A page of
// another site must not be able to send the browser there.
func (g pages) directAction(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch site := r.Header.Get("Sec-Fetch-Site"); {
		case g.cfg.Behavior.NoDirectAction:
			http.Error(w, "direct action URLs are disabled: use POST", http.StatusForbidden)
		case site != "" && site != "none" && site != "same-origin":
			http.Error(w, "direct action URLs do not work from other sites", http.StatusForbidden)
		default:
			g.change(do)(w, r)
		}
	}
}

func (g pages) show(w http.ResponseWriter, r *http.Request) {
	g.render(w, r, http.StatusOK, "admin.html", page{Root: "../", Admin: g.admin(r)})
}

// view shows the details of one certificate.
func (g pages) view(w http.ResponseWriter, r *http.Request) {
	for _, c := range g.Status().Certificates {
		if c.ID == r.PathValue("id") {
			g.render(w, r, http.StatusOK, "certificate.html", page{Root: "../../", One: &certificateView{c, g.now()}})
			return
		}
	}
	http.NotFound(w, r)
}

// style is asked for again with each page, and sent when it is another: pages of
// a newer version must not be drawn by the style of an older one.
func (g pages) style(w http.ResponseWriter, r *http.Request) {
	data, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	sum := sha256.Sum256(data)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
	http.ServeContent(w, r, "style.css", time.Time{}, bytes.NewReader(data))
}

func (g pages) status(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	w.Write(g.Status().XML())
}

// config exports the configuration, passwords masked, to the administrator.
func (g pages) config(w http.ResponseWriter, r *http.Request) {
	if !g.admin(r) {
		status, message := g.turnAway(w, r), "log in as admin"
		if status == http.StatusTooManyRequests {
			message = tooManyGuesses
		}
		http.Error(w, message, status)
		return
	}
	g.mu.Lock()
	data, parameters := g.snapshot.read(), g.parameters
	g.mu.Unlock()
	out, err := export(data, parameters, g.cfg.Behavior.Mask)
	if err != nil {
		g.log.Error("cfg.xml", "error", err)
		http.Error(w, "the configuration cannot be exported", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Write(out)
}

func (g pages) logIn(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	switch g.login("admin", r.PostFormValue("password")) {
	case loginPaused:
		w.Header().Set("Retry-After", strconv.Itoa(int(guessPause/time.Second)))
		g.render(w, r, http.StatusTooManyRequests, "admin.html", page{Root: "../", Error: true, Message: tooManyGuesses})
	case loginRefused:
		g.render(w, r, http.StatusUnauthorized, "admin.html", page{Root: "../", Error: true, Message: "The password is wrong."})
	default:
		g.mu.Lock()
		cookie := g.sessions.open(g.now())
		g.mu.Unlock()
		http.SetCookie(w, &http.Cookie{Name: g.cookieName(), Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
		w.Header().Set("Location", "./")
		w.WriteHeader(http.StatusSeeOther)
	}
}

func (g pages) logOut(w http.ResponseWriter, r *http.Request) {
	if g.admin(r) {
		g.mu.Lock()
		g.sessions.end()
		g.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: g.cookieName(), Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	w.Header().Set("Location", "./")
	w.WriteHeader(http.StatusSeeOther)
}

func readForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form is too large or damaged", http.StatusBadRequest)
		return false
	}
	return true
}

// resyncNow fetches the configuration once. As a direct action the query is the
// URL to fetch from; without one it is the phone's own.
func (g pages) resyncNow(w http.ResponseWriter, r *http.Request) {
	address, err := r.URL.RawQuery, error(nil)
	if g.cfg.Behavior.EncodedResync {
		address, err = url.QueryUnescape(address)
	}
	if err == nil && r.Method == http.MethodPost && address == "" {
		if !readForm(w, r) {
			return
		}
		address = r.PostFormValue("url")
	}
	// What was started goes on when the browser has left, and ends when the phone
	// is switched off.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), fetchWithin+g.cfg.EnrollTimeout)
	defer cancel()
	g.mu.Lock()
	if g.life != nil {
		defer context.AfterFunc(g.life, cancel)()
	}
	g.mu.Unlock()
	if err == nil {
		err = g.resync(ctx, address)
	}
	g.answer(w, r, "The configuration was fetched.", err)
}

func (g pages) reboot(w http.ResponseWriter, r *http.Request) {
	g.Reboot()
	g.render(w, r, http.StatusOK, "admin.html", page{Root: "../", Message: "The phone restarts."})
}

func (g pages) factoryReset(w http.ResponseWriter, r *http.Request) {
	g.FactoryReset()
	g.render(w, r, http.StatusOK, "admin.html", page{Root: "../", Message: "The phone is as it left the factory."})
}

// submit is Submit All Changes. An empty challenge field leaves the challenge as
// it is, because the page does not show it; a box empties it.
func (g pages) submit(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	g.mu.Lock()
	now := g.parameters.clone()
	text := func(name string, to *string) {
		if _, ok := r.PostForm[name]; ok {
			*to = oneLine(r.PostForm.Get(name))
		}
	}
	text("server", &now.Server)
	text("fingerprint", &now.RootCAFingerprint)
	text("common_name", &now.CommonName)
	text("certificate_select", &now.certificateSelect)
	switch challenge := r.PostForm.Get("challenge"); {
	case challenge != "":
		now.ChallengePassword = secret.New(challenge)
	case r.PostForm.Get("clear_challenge") != "":
		now.ChallengePassword = secret.Text{}
	}
	if now.certificateSelect != customInstalled {
		now.certificateSelect = manufacturingInstalled
	}
	if v, ok := r.PostForm["fips"]; ok {
		now.fips = v[0] == "Enabled"
	}
	if v, ok := r.PostForm["dot1x"]; ok {
		now.dot1X = v[0] == "Yes"
	}
	again := !now.Enrollment.Equal(g.parameters.Enrollment)
	g.set(now, "web page")
	g.mu.Unlock()
	message := "Changes submitted."
	if again {
		message = "Changes submitted. The phone requests a new certificate."
	}
	g.answer(w, r, message, nil)
}

func (g pages) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+maxForm)
	if err := r.ParseMultipartForm(maxUpload + maxForm); err != nil {
		g.answer(w, r, "", errors.New("the certificate can't be uploaded: the form is too large or damaged"))
		return
	}
	defer r.MultipartForm.RemoveAll()
	var data []byte
	if f, _, err := r.FormFile("certificate"); err == nil {
		data, err = io.ReadAll(io.LimitReader(f, maxUpload+1))
		f.Close()
		if err != nil {
			g.answer(w, r, "", errors.New("the certificate can't be uploaded: the file cannot be read"))
			return
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), uploadWait)
	defer cancel()
	err := g.Upload(ctx, data, secret.New(r.PostFormValue("extract_password")))
	g.answer(w, r, "Certificate added.", err)
}

func (g pages) delete(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	g.answer(w, r, "Certificate deleted.", g.Delete(r.PostFormValue("id")))
}

// screen is the phone's own screen, where whoever stands before it can type the
// challenge password; there is no login there.
func (g pages) screen(w http.ResponseWriter, r *http.Request) {
	g.render(w, r, http.StatusOK, "screen.html", page{Root: "../"})
}

func (g pages) typePassword(w http.ResponseWriter, r *http.Request) {
	if !readForm(w, r) {
		return
	}
	data, code := page{Root: "../", Message: "The phone enrolls with the password you typed."}, http.StatusOK
	if err := g.TypePassword(secret.New(r.PostFormValue("password"))); err != nil {
		data.Message, data.Error, code = upperFirst(err.Error())+".", true, http.StatusConflict
	}
	g.render(w, r, code, "screen.html", data)
}
