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

resource "ciscophone_fleet" "amsterdam" {
  inventory     = "mac,model\n00:1A:2B:3C:4D:5E,DP-9871\n00:1A:2B:3C:4D:5F,DP-9841\n"
  template_file = "/srv/templates/phone.xml"

  scep_server             = "http://scep.example.net/scep"
  root_ca_fingerprint     = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
  challenge_password_file = "/etc/ciscophone/challenge"
  common_name             = "$MAU.example.net"

  on_destroy = "delete"
}

moved {
  from = ciscophone_fleet.all
  to   = ciscophone_fleet.amsterdam
}
