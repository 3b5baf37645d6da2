terraform {
  required_providers {
    ciscophone = {
      source  = "phonecfg/ciscophone"
      version = "~> 0.1"
    }
  }
}

provider "ciscophone" {
  store = "/srv/phones"
}

import {
  for_each = local.phones
  to       = ciscophone_config.phone[each.key]
  id       = each.value
}

locals {
  phones = {
    reception = "SEP001A2B3C4D5E.xml"
    kitchen   = "SEP001A2B3C4D5F.xml"
  }
}

resource "ciscophone_config" "phone" {
  for_each = local.phones
  path     = each.value
}
