// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/lab"
	"github.com/phonecfg/terraform-provider-ciscophone/verify"
)

// Options say how [Run] shows the way.
type Options struct {
	Root   string // folder of the project
	Search string // where tofu and terraform are looked for, in the form of PATH
	Out    io.Writer
	Color  bool
	Keep   bool // leave the lab up at the end, until the context ends

	// Dir is the folder to work in; empty means a temporary one that is removed
	// at the end.
	Dir string
	// Provider is the provider's binary; empty means bin/terraform-provider-ciscophone.
	Provider string
}

// domain is what the phones' common names end with.
const domain = "example.nl"

// demo is the state that one step leaves to the next.
type demo struct {
	Options
	stage
	dir       string
	lab       lab.Info
	addresses string // of the lab, in lines for people
	tofu      *workspace
	admin     [][]byte // the administrator's files, as they were before the first apply
	evidence  []verify.Evidence
	afterPush [][]byte
}

// Run goes the whole way. It returns the error of the first step that did not
// show what it should; what was started is stopped in any case.
func Run(ctx context.Context, o Options) (err error) {
	begun := time.Now()
	d := &demo{Options: o, stage: stage{out: o.Out, color: o.Color}, dir: o.Dir}
	if d.Provider == "" {
		d.Provider = filepath.Join(o.Root, "bin", "terraform-provider-ciscophone")
		if runtime.GOOS == "windows" {
			d.Provider += ".exe"
		}
	}
	if d.dir == "" {
		dir, err := os.MkdirTemp("", "ciscophone-demo-")
		if err != nil {
			return err
		}
		d.dir = dir
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if d.dir, err = filepath.EvalSymlinks(d.dir); err != nil {
		return err
	}

	var program *program
	if err := d.step("find OpenTofu or Terraform", func() error {
		program, err = d.findOrBuild(ctx)
		return err
	}); err != nil {
		return err
	}

	labCtx, stopLab := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLab()
	var running *lab.Lab
	if err := d.step("start a lab: SCEP CA, provisioning server, three phones", func() error {
		running, err = d.startLab(labCtx)
		return err
	}); err != nil {
		return err
	}
	defer func() {
		stopLab()
		err = errors.Join(err, running.Close())
	}()

	if err := d.tour(ctx, *program); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\n%s in %s\n", d.sgr("1;32", "everything held"), time.Since(begun).Round(100*time.Millisecond))
	if o.Keep {
		fmt.Fprintf(d.out, "\nthe lab stays up until it is interrupted (Ctrl-C):\n")
		fmt.Fprint(d.out, d.addresses)
		<-ctx.Done()
	}
	return nil
}

// tour is what is shown once the lab runs.
func (d *demo) tour(ctx context.Context, p program) (err error) {
	steps := []struct {
		title string
		run   func(context.Context) error
	}{
		{"init: install the provider from the file system", func(ctx context.Context) error { return d.init(ctx, p) }},
		{"plan: what would be written", d.firstPlan},
		{"apply: push three files, wait for three certificates", d.firstApply},
		{"evidence: what each phone holds now", d.showEvidence},
		{"openssl's opinion", d.askOpenSSL},
		{"proof: nothing but the CDC lines was touched", d.prove},
		{"change one parameter: the common name", d.change},
		{"plan again: nothing to do", d.emptyPlan},
		{"drift: somebody edits a pushed file by hand", d.drift},
		{"search: the challenge password is in no state and no plan", d.search},
		{"destroy", d.destroy},
	}
	for _, s := range steps {
		if err := d.step(s.title, func() error { return s.run(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) findOrBuild(ctx context.Context) (*program, error) {
	if _, err := os.Stat(d.Provider); err != nil {
		return nil, fmt.Errorf("%w; make build builds the provider", err)
	}
	p, passed := findProgram(ctx, d.Search)
	for _, why := range passed {
		fmt.Fprintln(d.out, why)
	}
	if p == nil {
		fmt.Fprintln(d.out, "neither tofu nor terraform 1.8 or newer is on PATH: OpenTofu is built from tools/go.mod")
		var err error
		if p, err = buildProgram(ctx, d.Root, d.out); err != nil {
			return nil, err
		}
	}
	fmt.Fprintln(d.out, p)
	return p, nil
}

func (d *demo) startLab(ctx context.Context) (*lab.Lab, error) {
	var addresses strings.Builder
	running, err := lab.Start(ctx, lab.Config{Dir: d.labDir(), Phones: 3, Output: &addresses})
	if err != nil {
		return nil, err
	}
	d.lab, d.addresses = running.Info(), addresses.String()
	fmt.Fprint(d.out, d.addresses)
	for _, p := range d.lab.Phones {
		data, err := os.ReadFile(p.AdminFile)
		if err != nil {
			return nil, errors.Join(err, running.Close())
		}
		d.admin = append(d.admin, data)
	}
	return running, nil
}

func (d *demo) labDir() string { return filepath.Join(d.dir, "lab") }

// configFile is where the store keeps a phone's file.
func (d *demo) configFile(p lab.Phone) string { return filepath.Join(d.lab.Store, p.Config) }

// configs reads every phone's file in the store.
func (d *demo) configs() (all [][]byte, err error) {
	for _, p := range d.lab.Phones {
		data, err := os.ReadFile(d.configFile(p))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (d *demo) init(ctx context.Context, p program) error {
	var err error
	d.tofu, err = newWorkspace(p, d.dir, filepath.Join(d.Root, "examples", "quickstart"), d.Provider, d.color, d.out)
	if err != nil {
		return err
	}
	if err := d.writeVariables(nil); err != nil {
		return err
	}
	// What init says about lock files is of no interest here.
	out, status, err := d.tofu.quiet(ctx, "init", "-no-color", "-input=false")
	if err != nil {
		return err
	}
	if status != 0 {
		fmt.Fprint(d.out, out)
		return fmt.Errorf("%s init ended with status %d", filepath.Base(p.path), status)
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "- Installed") {
			fmt.Fprint(d.out, line)
		}
	}
	return nil
}

// writeVariables fills in the variables of the example, as its user would:
// terraform.tfvars.example shows them. Common names that are not the phone's
// own come by its name.
func (d *demo) writeVariables(commonNames map[string]string) error {
	type phone struct {
		Model      string `json:"model"`
		MAC        string `json:"mac"`
		Page       string `json:"page"`
		Path       string `json:"path"`
		BaseFile   string `json:"template_file"`
		CommonName string `json:"common_name,omitempty"`
	}
	vars := struct {
		Store         string           `json:"store"`
		SCEPServer    string           `json:"scep_server"`
		Fingerprint   string           `json:"root_ca_fingerprint"`
		ChallengeFile string           `json:"challenge_password_file"`
		Domain        string           `json:"domain"`
		Phones        map[string]phone `json:"phones"`
	}{d.lab.Store, d.lab.SCEPURL, d.lab.FingerprintSHA256, d.lab.ChallengeFile, domain, map[string]phone{}}
	for _, p := range d.lab.Phones {
		vars.Phones[p.Name] = phone{p.Model, p.MAC, p.Page, p.Config, p.AdminFile, commonNames[p.Name]}
	}
	data, err := json.MarshalIndent(vars, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.tofu.dir, "terraform.tfvars.json"), data, 0o644)
}

// plan makes a plan into file, and wants changes or none.
func (d *demo) plan(ctx context.Context, file string, changes bool) (output string, err error) {
	output, status, err := d.tofu.must(ctx, []int{0, 2}, "plan", "-input=false", "-detailed-exitcode", "-out="+file)
	switch {
	case err != nil:
		return "", err
	case changes && status == 0:
		return "", errors.New("the plan is empty, but there is something to do")
	case !changes && status == 2:
		return "", errors.New("the plan is not empty, but there is nothing to do")
	}
	return output, nil
}

func (d *demo) apply(ctx context.Context, file string) error {
	_, _, err := d.tofu.must(ctx, []int{0}, "apply", "-input=false", file)
	return err
}

func (d *demo) firstPlan(ctx context.Context) error {
	_, err := d.plan(ctx, "first.tfplan", true)
	return err
}

func (d *demo) firstApply(ctx context.Context) error {
	if err := d.apply(ctx, "first.tfplan"); err != nil {
		return err
	}
	var err error
	d.afterPush, err = d.configs()
	return err
}

func (d *demo) expectation() verify.Expectation {
	f, _ := cdc.ParseFingerprint(d.lab.FingerprintSHA256) // the lab's own
	return verify.Expectation{Fingerprint: f}
}

func (d *demo) showEvidence(ctx context.Context) error {
	all, err := gather(ctx, d.lab.Phones, d.expectation(), d.firstName)
	if err != nil {
		return err
	}
	d.evidence = all
	return evidenceTable(d.out, d.lab.Phones, all)
}

// firstName is the common name that examples/quickstart forms.
func (d *demo) firstName(p lab.Phone) string { return p.MICCommonName + "." + domain }

func (d *demo) askOpenSSL(ctx context.Context) error {
	answers, ok, err := opensslVerify(ctx, d.dir, d.lab.CAFile, d.lab.Phones, d.evidence)
	if err != nil {
		return err
	}
	if !ok {
		fmt.Fprintln(d.out, "openssl is not on PATH: left out")
		return nil
	}
	for _, a := range answers {
		d.shows("openssl verify -x509_strict -purpose sslclient: %s", a)
	}
	return nil
}

func (d *demo) prove(context.Context) error {
	for i, p := range d.lab.Phones {
		proof, err := onlyCDCLines(d.admin[i], d.afterPush[i])
		if err != nil {
			return fmt.Errorf("%s: %w", p.Config, err)
		}
		if proof.added == 0 {
			return fmt.Errorf("%s: no CDC line was pushed", p.Config)
		}
		d.shows("%s: %d CDC lines set; the other %d lines, %d bytes, are the administrator's, byte for byte (%s line ends)",
			p.Config, proof.added, proof.lines, proof.size, proof.ends)
	}
	return nil
}

// changedPhone is the phone whose common name is changed, and whose file is
// edited by hand later.
const changedPhone = 0

func (d *demo) change(ctx context.Context) error {
	p := d.lab.Phones[changedPhone]
	const name = "reception." + domain
	if err := d.writeVariables(map[string]string{p.Name: name}); err != nil {
		return err
	}
	output, err := d.plan(ctx, "second.tfplan", true)
	if err != nil {
		return err
	}
	if !strings.Contains(output, "requests a new certificate") {
		return errors.New("the plan does not say that the phone will request a new certificate")
	}
	if n := strings.Count(output, `+ "`+cdc.ParamCommonName+":"); n != 1 { // "-" lines are what the last apply did
		return fmt.Errorf("the plan shows %d changes of %s, want 1", n, cdc.ParamCommonName)
	}
	d.shows("the plan shows one change and says that the phone requests a new certificate")
	if err := d.apply(ctx, "second.tfplan"); err != nil {
		return err
	}
	e := d.expectation()
	if e.NotSerial, err = verify.ParseSerial(d.evidence[changedPhone].Serial); err != nil {
		return err
	}
	all, err := gather(ctx, d.lab.Phones[changedPhone:changedPhone+1], e, func(lab.Phone) string { return name })
	if err != nil {
		return err
	}
	d.shows("serial number %s became %s", short(d.evidence[changedPhone].Serial), short(all[0].Serial))
	d.evidence[changedPhone] = all[0]
	d.afterPush, err = d.configs()
	return err
}

func (d *demo) emptyPlan(ctx context.Context) error {
	_, err := d.plan(ctx, "third.tfplan", false)
	return err
}

func (d *demo) drift(ctx context.Context) error {
	p := d.lab.Phones[changedPhone]
	file := d.configFile(p)
	edited := bytes.Replace(d.afterPush[changedPhone], []byte("reception."), []byte("lobby."), 1)
	if bytes.Equal(edited, d.afterPush[changedPhone]) {
		return fmt.Errorf("%s does not hold the common name", p.Config)
	}
	if err := os.WriteFile(file, edited, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s: %s became lobby.%s\n", p.Config, "reception."+domain, domain)
	followed, err := gather(ctx, []lab.Phone{p}, d.expectation(), func(lab.Phone) string { return "lobby." + domain })
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "the phone obeys, and holds a certificate for %s\n", followed[0].CommonName)
	if _, err := d.plan(ctx, "drift.tfplan", true); err != nil {
		return err
	}
	if err := d.apply(ctx, "drift.tfplan"); err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(data, d.afterPush[changedPhone]) {
		return fmt.Errorf("%s is not what it was before the edit", p.Config)
	}
	d.shows("%s is restored, byte for byte", p.Config)
	back, err := gather(ctx, []lab.Phone{p}, d.expectation(), func(lab.Phone) string { return "reception." + domain })
	if err != nil {
		return err
	}
	d.shows("the phone holds a certificate for %s again", back[0].CommonName)
	_, err = d.plan(ctx, "last.tfplan", false)
	return err
}

func (d *demo) destroy(ctx context.Context) error {
	// In two parts, because the plan of a destruction lists every attribute.
	out, status, err := d.tofu.quiet(ctx, "plan", "-destroy", "-input=false", "-out=destroy.tfplan")
	if err != nil {
		return err
	}
	if status != 0 {
		return fmt.Errorf("plan -destroy ended with status %d\n%s", status, out)
	}
	if err := d.apply(ctx, "destroy.tfplan"); err != nil {
		return err
	}
	left, status, err := d.tofu.quiet(ctx, "state", "list")
	if err != nil || status != 0 || strings.TrimSpace(left) != "" {
		return fmt.Errorf("the state is not empty: %s (status %d, %v)", left, status, err)
	}
	d.shows("the state is empty")
	return nil
}
