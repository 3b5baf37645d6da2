// SPDX-License-Identifier: MPL-2.0

//go:build release

package repo_test

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"go.yaml.in/yaml/v3"
)

// A release is one that goreleaser made of the last commit.
type release struct {
	t            *testing.T
	dir, dist    string // the clone, and what was made in it
	version      string // without v
	gpg          string // home of a throw-away key, or ""
	checksums    map[string]string
	checksumFile string
}

// TestReleaseBuilt makes a release of the last commit, all but the upload, and
// looks at it as those do who get it: the registries, tofu, who checks the
// signature, who builds the same again.
func TestReleaseBuilt(t *testing.T) {
	atRoot(t)
	first := makeRelease(t, true)
	first.readChecksums()
	t.Run("Names", first.names)
	t.Run("Signature", first.signature)
	t.Run("Binaries", first.binaries)
	t.Run("Installed", first.installed)
	t.Run("Packages", first.packages)
	t.Run("Reproducible", func(t *testing.T) {
		again := makeRelease(t, false)
		again.readChecksums()
		for name, sum := range first.checksums {
			if again.checksums[name] != sum {
				t.Errorf("%s is another when it is made again, in another folder", name)
			}
		}
	})
}

func peerProgram(t *testing.T, env string) string {
	t.Helper()
	path := os.Getenv(env)
	if path == "" {
		t.Fatalf("set %s, as make release-check does", env)
	}
	return path
}

// in runs a program in a folder.
func in(t *testing.T, dir string, env []string, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
	return string(out)
}

// makeRelease tags a clone of the last commit and runs goreleaser on it.
func makeRelease(t *testing.T, sign bool) *release {
	t.Helper()
	const tag = "v0.1.0"
	r := &release{t: t, dir: filepath.Join(t.TempDir(), "clone"), version: strings.TrimPrefix(tag, "v")}
	r.dist = filepath.Join(r.dir, "dist", "release")
	in(t, ".", nil, "git", "clone", "--quiet", "--local", ".", r.dir)
	in(t, r.dir, nil, "git", "tag", tag)
	skip := "--skip=publish,announce"
	env := []string{"GORELEASER_CURRENT_TAG=" + tag}
	if sign {
		r.gpg = throwAwayKey(t)
		fingerprint := ""
		for line := range strings.Lines(in(t, ".", []string{"GNUPGHOME=" + r.gpg}, "gpg", "--batch", "--with-colons", "--list-secret-keys")) {
			if fields := strings.Split(line, ":"); fields[0] == "fpr" && fingerprint == "" {
				fingerprint = fields[9]
			}
		}
		env = append(env, "GNUPGHOME="+r.gpg, "GPG_FINGERPRINT="+fingerprint)
	} else {
		skip += ",sign"
	}
	tool := peerProgram(t, "CISCOPHONE_GORELEASER")
	in(t, r.dir, env, tool, "check")
	out := in(t, r.dir, env, tool, "release", "--clean", skip)
	if strings.Contains(strings.ToLower(out), "deprecat") {
		t.Errorf("goreleaser says\n%s", out)
	}
	return r
}

// throwAwayKey makes a key for signatures, in a home of its own that goes with
// the test, and the agent with it.
func throwAwayKey(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "gpg") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	in(t, home, nil, "gpg", "--homedir", home, "--batch", "--passphrase", "", "--quick-generate-key", "ciscophone release check", "ed25519", "sign", "1d")
	return home
}

func (r *release) readChecksums() {
	r.t.Helper()
	r.checksumFile = filepath.Join(r.dist, "terraform-provider-ciscophone_"+r.version+"_SHA256SUMS")
	f, err := os.Open(r.checksumFile)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	r.checksums = map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok {
			r.t.Fatalf("%s: %q", r.checksumFile, lines.Text())
		}
		r.checksums[name] = sum
	}
}

func (r *release) path(name string) string { return filepath.Join(r.dist, name) }

func (r *release) providerZip(platform string) string {
	return fmt.Sprintf("terraform-provider-ciscophone_%s_%s.zip", r.version, strings.ReplaceAll(platform, "/", "_"))
}

// platforms returns those that .goreleaser.yml builds the provider for, such as
// linux/amd64.
func platforms(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(".goreleaser.yml")
	if err != nil {
		t.Fatal(err)
	}
	type platform struct{ Goos, Goarch string }
	var config struct {
		Builds []struct {
			Goos, Goarch []string
			Ignore       []platform
		}
	}
	if err := yaml.Unmarshal(data, &config); err != nil || len(config.Builds) == 0 {
		t.Fatalf(".goreleaser.yml: %d builds, %v", len(config.Builds), err)
	}
	var all []string
	build := config.Builds[0]
	for _, goos := range build.Goos {
		for _, goarch := range build.Goarch {
			if !slices.Contains(build.Ignore, platform{goos, goarch}) {
				all = append(all, goos+"/"+goarch)
			}
		}
	}
	return all
}

// names: what is there is what the registries look for, and nothing is without
// its checksum.
func (r *release) names(t *testing.T) {
	want := []string{"terraform-provider-ciscophone_" + r.version + "_manifest.json"}
	for _, platform := range platforms(t) {
		want = append(want, r.providerZip(platform))
		format := "tar.gz"
		if strings.HasPrefix(platform, "windows/") {
			format = "zip"
		}
		for _, program := range []string{"cfgxml", "ciscophone"} {
			want = append(want, fmt.Sprintf("%s_%s_%s.%s", program, r.version, strings.ReplaceAll(platform, "/", "_"), format))
		}
		if arch, ok := strings.CutPrefix(platform, "linux/"); ok {
			deb := map[string]string{"amd64": "amd64", "arm64": "arm64", "arm": "armhf", "386": "i386"}[arch]
			rpm := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "arm": "armv6hl", "386": "i386"}[arch]
			want = append(want, fmt.Sprintf("ciscophone_%s_%s.deb", r.version, deb), fmt.Sprintf("ciscophone-%s-1.%s.rpm", r.version, rpm))
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(r.checksums)); !slices.Equal(got, want) {
		t.Errorf("%s lists\n%s\nwant\n%s", filepath.Base(r.checksumFile), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for name, sum := range r.checksums {
		path := r.path(name)
		if strings.HasSuffix(name, "_manifest.json") { // goreleaser takes it from where it is
			path = filepath.Join(r.dir, "terraform-registry-manifest.json")
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s has another checksum", name)
		}
	}
}

func (r *release) signature(t *testing.T) {
	env := []string{"GNUPGHOME=" + r.gpg}
	in(t, ".", env, "gpg", "--batch", "--verify", r.checksumFile+".sig", r.checksumFile)
	data, err := os.ReadFile(r.checksumFile + ".sig")
	if err != nil || len(data) == 0 || bytes.HasPrefix(data, []byte("-----")) {
		t.Errorf("the registries want the signature as bytes, not in ASCII: %v", err)
	}
	other := filepath.Join(t.TempDir(), "sums")
	if err := os.WriteFile(other, []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("gpg", "--batch", "--verify", r.checksumFile+".sig", other)
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Run(); err == nil {
		t.Error("the signature is one of anything")
	}
}

// files reads an archive: name to content, "x " before the name of a program.
func files(t *testing.T, path string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	add := func(name string, mode os.FileMode, from io.Reader) {
		data, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if mode&0o111 != 0 {
			name = "x " + name
		}
		all[name] = data
	}
	if strings.HasSuffix(path, ".zip") {
		z, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, f := range z.File {
			content, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			add(f.Name, f.Mode(), content)
			content.Close()
		}
		return all
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(unzipped); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		add(h.Name, h.FileInfo().Mode(), archive)
	}
}

// binaries: each archive holds one program, for the platform it is named after,
// and what its users need besides; and the program knows its version.
func (r *release) binaries(t *testing.T) {
	for name := range r.checksums {
		rest, provider := strings.CutPrefix(name, "terraform-provider-ciscophone_"+r.version+"_")
		archive := strings.HasSuffix(name, ".zip") || strings.HasSuffix(name, ".tar.gz")
		if !archive {
			continue
		}
		want, platform := []string{"LICENSE", "THIRD_PARTY.txt"}, rest
		program := "terraform-provider-ciscophone_v" + r.version
		if !provider {
			program, platform, _ = strings.Cut(name, "_"+r.version+"_")
			want = append(want, "docs/cli.md", program+".1")
			for _, shell := range []string{"bash", "fish", "zsh"} {
				want = append(want, "completions/"+program+"."+shell)
			}
		}
		goos, goarch, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(platform, ".zip"), ".tar.gz"), "_")
		if goos == "windows" {
			program += ".exe"
		}
		want = append(want, "x "+program)
		slices.Sort(want)
		content := files(t, r.path(name))
		if got := slices.Sorted(maps.Keys(content)); !slices.Equal(got, want) {
			t.Errorf("%s holds %q, want %q", name, got, want)
			continue
		}
		info, err := buildinfo.Read(bytes.NewReader(content["x "+program]))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if settings["GOOS"] != goos || settings["GOARCH"] != goarch || settings["CGO_ENABLED"] != "0" || settings["-trimpath"] != "true" {
			t.Errorf("%s: the program is built with %v", name, settings)
		}
		if !bytes.Contains(content["x "+program], []byte(r.version)) {
			t.Errorf("%s: the program does not know its version", name)
		}
		if !provider && goos == runtime.GOOS && goarch == runtime.GOARCH {
			path := filepath.Join(t.TempDir(), program)
			if err := os.WriteFile(path, content["x "+program], 0o755); err != nil {
				t.Fatal(err)
			}
			if out := in(t, ".", nil, path, "version"); !strings.Contains(out, r.version) {
				t.Errorf("%s version says %s", program, out)
			}
		}
	}
}

// installed: tofu installs the provider from the zip as it is.
func (r *release) installed(t *testing.T) {
	mirror, work := t.TempDir(), t.TempDir()
	folder := filepath.Join(mirror, "registry.opentofu.org", "phonecfg", "ciscophone")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	name := r.providerZip(runtime.GOOS + "/" + runtime.GOARCH)
	if err := os.Link(r.path(name), filepath.Join(folder, name)); err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(mirror, "tofu.rc")
	for file, text := range map[string]string{
		rc: fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n  direct { exclude = [\"*/*/*\"] }\n}\n", mirror),
		filepath.Join(work, "main.tf"): fmt.Sprintf("terraform {\n  required_providers {\n    ciscophone = {\n      source  = \"phonecfg/ciscophone\"\n      version = %q\n    }\n  }\n}\n\n"+
			"output \"name\" {\n  value = provider::ciscophone::common_name(\"DP-9871\", \"001A2B3C4D5E\", \"example.net\")\n}\n", r.version),
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tofu, env := peerProgram(t, "CISCOPHONE_TOFU"), []string{"TF_CLI_CONFIG_FILE=" + rc, "CHECKPOINT_DISABLE=1"}
	in(t, work, env, tofu, "init", "-no-color")
	in(t, work, env, tofu, "apply", "-no-color", "-auto-approve")
	if got := in(t, work, env, tofu, "output", "-raw", "name"); !strings.HasSuffix(got, ".example.net") {
		t.Errorf("the provider from the zip says %q", got)
	}
}

// packages: a deb brings both programs, their manual pages and completions.
func (r *release) packages(t *testing.T) {
	peer.Program(t, "dpkg-deb")
	deb, dir := r.path(fmt.Sprintf("ciscophone_%s_%s.deb", r.version, runtime.GOARCH)), t.TempDir()
	in(t, dir, nil, "dpkg-deb", "--extract", deb, dir)
	for _, file := range []string{"usr/bin/cfgxml", "usr/share/man/man1/cfgxml.1", "usr/share/bash-completion/completions/cfgxml",
		"usr/bin/ciscophone", "usr/share/man/man1/ciscophone.1", "usr/share/bash-completion/completions/ciscophone",
		"usr/share/doc/ciscophone/copyright", "usr/share/doc/ciscophone/THIRD_PARTY.txt"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
	for _, program := range []string{"cfgxml", "ciscophone"} {
		if out := in(t, dir, nil, filepath.Join(dir, "usr/bin", program), "version"); !strings.Contains(out, r.version) {
			t.Errorf("%s version says %s", program, out)
		}
	}
	if out := in(t, dir, nil, "dpkg-deb", "--field", deb, "Version", "Architecture"); !strings.Contains(out, r.version) {
		t.Errorf("the package says of itself %s", out)
	}
}
