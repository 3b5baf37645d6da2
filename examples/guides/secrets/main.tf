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

variable "challenge_password" {
  type      = string
  ephemeral = true
  sensitive = true
}

resource "ciscophone_config" "reception" {
  path                  = "SEP001A2B3C4D5E.xml"
  scep_server           = "http://scep.example.net/scep"
  root_ca_fingerprint   = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_wo = var.challenge_password
}
