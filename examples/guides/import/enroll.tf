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

locals {
  phones = {
    reception = "SEP001A2B3C4D5E.xml"
    kitchen   = "SEP001A2B3C4D5F.xml"
  }
}

resource "ciscophone_config" "phone" {
  for_each = local.phones
  path     = each.value

  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"
}
