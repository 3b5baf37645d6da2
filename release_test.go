// SPDX-License-Identifier: MPL-2.0

package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// strictYAML reads a file into v and knows of no other fields.
func strictYAML(t *testing.T, file string, v any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

type extraFile struct {
	Glob         string
	NameTemplate string `yaml:"name_template"`
}

// goreleaser is what of .goreleaser.yml the tests look at; goreleaser itself
// reads all of it in make release-check.
type goreleaser struct {
	Version     int
	ProjectName string `yaml:"project_name"`
	Builds      []struct {
		ID, Main, Binary    string
		Env, Flags, Ldflags []string
		Goos, Goarch        []string
		Ignore              []struct{ Goos, Goarch string }
	}
	Archives []struct {
		ID           string
		IDs, Formats []string
		Files        []struct{ Src string }
		NameTemplate string `yaml:"name_template"`
	}
	Nfpms    []struct{ ID string }
	Checksum struct {
		IDs          []string
		Algorithm    string
		NameTemplate string      `yaml:"name_template"`
		ExtraFiles   []extraFile `yaml:"extra_files"`
	}
	Signs []struct {
		Artifacts string
		Args      []string
	}
	Release struct {
		ExtraFiles []extraFile `yaml:"extra_files"`
	}
}

// platforms are those of one build.
func (g *goreleaser) platforms(build int) []string {
	var all []string
	b := g.Builds[build]
	for _, goos := range b.Goos {
		for _, goarch := range b.Goarch {
			if !slices.ContainsFunc(b.Ignore, func(x struct{ Goos, Goarch string }) bool { return x.Goos == goos && x.Goarch == goarch }) {
				all = append(all, goos+"/"+goarch)
			}
		}
	}
	return all
}

// readGoreleaser reads .goreleaser.yml.
func readGoreleaser(t *testing.T) *goreleaser {
	t.Helper()
	data, err := os.ReadFile(".goreleaser.yml")
	if err != nil {
		t.Fatal(err)
	}
	var g goreleaser
	if err := yaml.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return &g
}

// TestRelease: a release has the form that the registries read, out of what is
// there. What goreleaser makes of it is for make release-check, which takes
// minutes.
func TestRelease(t *testing.T) {
	t.Parallel()
	g := readGoreleaser(t)
	if g.Version != 2 || g.ProjectName != "terraform-provider-ciscophone" || len(g.Builds) != 2 || len(g.Archives) != 2 {
		t.Fatalf("version %d of %s with %d builds and %d archives", g.Version, g.ProjectName, len(g.Builds), len(g.Archives))
	}
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(out))
	variable := regexp.MustCompile(`(?m)^var version\b`)
	for i, b := range g.Builds {
		if data, err := os.ReadFile(filepath.Join(b.Main, "main.go")); err != nil || !variable.Match(data) {
			t.Errorf("build %s: %s has no variable version to set: %v", b.ID, b.Main, err)
		}
		if !slices.Contains(b.Env, "CGO_ENABLED=0") || !slices.Contains(b.Flags, "-trimpath") || !strings.Contains(strings.Join(b.Ldflags, " "), "-X main.version={{ .Version }}") {
			t.Errorf("build %s cannot be reproduced, or does not know its version", b.ID)
		}
		for _, platform := range g.platforms(i) {
			if !slices.Contains(known, platform) {
				t.Errorf("build %s: Go knows no %s", b.ID, platform)
			}
		}
		if a := g.Archives[i]; !slices.Equal(a.IDs, []string{b.ID}) {
			t.Errorf("archive %s holds %v, want %s alone", a.ID, a.IDs, b.ID)
		}
		for _, file := range g.Archives[i].Files {
			if _, err := os.Stat(file.Src); err != nil && !strings.HasPrefix(file.Src, "build/extras/") {
				t.Error(err)
			}
		}
	}
	// https://developer.hashicorp.com/terraform/registry/providers/publishing
	for what, c := range map[string]struct{ got, want string }{
		"the provider's binary":  {g.Builds[0].Binary, "{{ .ProjectName }}_v{{ .Version }}"},
		"the provider's archive": {g.Archives[0].NameTemplate + "." + strings.Join(g.Archives[0].Formats, "."), "{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}.zip"},
		"the checksums":          {g.Checksum.Algorithm + " " + g.Checksum.NameTemplate, "sha256 {{ .ProjectName }}_{{ .Version }}_SHA256SUMS"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", what, c.got, c.want)
		}
	}
	want := []extraFile{{"terraform-registry-manifest.json", "{{ .ProjectName }}_{{ .Version }}_manifest.json"}}
	if !slices.Equal(g.Checksum.ExtraFiles, want) || !slices.Equal(g.Release.ExtraFiles, want) {
		t.Error("the registry's manifest must be in the release and in the checksums")
	}
	var ids []string
	for _, a := range g.Archives {
		ids = append(ids, a.ID)
	}
	for _, p := range g.Nfpms {
		ids = append(ids, p.ID)
	}
	if !slices.Equal(g.Checksum.IDs, ids) {
		t.Errorf("checksums of %v, want of %v", g.Checksum.IDs, ids)
	}
	if len(g.Signs) != 1 || g.Signs[0].Artifacts != "checksum" {
		t.Error("the checksums must be signed")
	}

	data, err := os.ReadFile("terraform-registry-manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Version  int `json:"version"`
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(data, &manifest); err != nil || manifest.Version != 1 || !slices.Equal(manifest.Metadata.ProtocolVersions, []string{"6.0"}) {
		t.Errorf("the manifest is %s (%v), want protocol 6.0, which nested attributes need", data, err)
	}
}
