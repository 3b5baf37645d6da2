terraform {
  required_providers {
    ciscophone = {
      source = "phonecfg/ciscophone"
    }
  }
}

provider "ciscophone" {
  store                  = "https://phones.example.net/cfg/"
  store_ca_file          = "/etc/phones/ca.pem"
  store_certificate_file = "/etc/phones/deploy.pem"
  store_key_file         = "/etc/phones/deploy.key"
  store_token_file       = "/run/secrets/phones-token"
}

resource "ciscophone_config" "reception" {
  path                = "SEP001A2B3C4D5E.xml"
  scep_server         = "http://scep.example.net/scep"
  root_ca_fingerprint = "D233CCF9B9952A156C6633ED4C2A57C6E8BBB2C3D233CCF9B9952A156C6633ED"
}
