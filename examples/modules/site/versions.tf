# SPDX-License-Identifier: MPL-2.0

terraform {
  required_version = ">= 1.8"

  required_providers {
    ciscophone = {
      source = "phonecfg/ciscophone"
    }
  }
}
