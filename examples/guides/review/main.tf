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

variable "common_name" {
  type    = string
  default = "$MAU.example.net"
}

resource "ciscophone_config" "reception" {
  path = "SEP001A2B3C4D5E.xml"

  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"
  common_name             = var.common_name

  phone = {
    model = "DP-9871"
    mac   = "00:1A:2B:3C:4D:5E"
  }
}
