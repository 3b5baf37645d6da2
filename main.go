// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-ciscophone is the Terraform and OpenTofu provider
// ciscophone. A CLI starts it; by hand it is started with -debug only.
package main

import (
	"flag"
	"log"

	"github.com/phonecfg/terraform-provider-ciscophone/provider"
)

// version is set by the linker.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger and print what TF_REATTACH_PROVIDERS must be")
	address := flag.String("address", "registry.terraform.io/"+provider.Address, "the provider's address, with the CLI's own registry host (registry.opentofu.org for tofu)")
	flag.Parse()
	if err := provider.Serve(version, *address, *debug); err != nil {
		log.Fatal(err)
	}
}
