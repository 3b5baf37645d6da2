# SPDX-License-Identifier: MPL-2.0
#
# The challenge password as a write-only argument, fed by an ephemeral variable:
# it is in no plan and in no state, whatever backend they are kept in. Needs
# Terraform 1.11 or OpenTofu 1.11.
#
#   export TF_VAR_challenge_password="$(vault kv get -field=challenge secret/scep)"
#   tofu apply
#
# A new password needs no further step: the plan compares it with the file in
# the store and says that the phone will request a new certificate.

terraform {
  required_version = ">= 1.11"

  required_providers {
    ciscophone = {
      source = "phonecfg/ciscophone"
    }
  }
}

variable "store" {
  description = "Where the phones' files are: an absolute directory, or the URL of a web server that accepts PUT."
  type        = string
}

variable "scep_server" {
  description = "Address of the SCEP server: an http:// URL or an IP address."
  type        = string
}

variable "root_ca_fingerprint" {
  description = "SHA-1 or SHA-256 fingerprint of the SCEP server's root CA, in hexadecimal."
  type        = string
}

variable "path" {
  description = "Name of the phone's file in the store."
  type        = string
}

variable "challenge_password" {
  description = "The challenge password."
  type        = string
  ephemeral   = true
  sensitive   = true
}

provider "ciscophone" {
  store = var.store
}

resource "ciscophone_config" "phone" {
  path                  = var.path
  scep_server           = var.scep_server
  root_ca_fingerprint   = var.root_ca_fingerprint
  challenge_password_wo = var.challenge_password
}
