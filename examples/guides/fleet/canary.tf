terraform {
  required_providers {
    ciscophone = {
      source  = "phonecfg/ciscophone"
      version = "~> 0.1"
    }
  }
}

provider "ciscophone" {
  store    = "/srv/phones"
  evidence = ["pem:/var/lib/ca/issued", "freeradius:/var/log/freeradius/linelog"]
}

locals {
  scep_server         = "http://scep.example.net/scep"
  root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
}

resource "ciscophone_fleet" "canary" {
  inventory               = "mac,model\n00:1A:2B:3C:4D:5E,9871\n00:1A:2B:3C:4D:5F,8875\n"
  template_file           = "/srv/templates/phone.xml"
  scep_server             = local.scep_server
  root_ca_fingerprint     = local.root_ca_fingerprint
  challenge_password_file = "/etc/ciscophone/challenge"
}

resource "ciscophone_fleet_enrollment" "canary" {
  enrollments = ciscophone_fleet.canary.enrollments
  require     = "in use"
}

resource "ciscophone_fleet" "all" {
  inventory_file          = abspath("${path.module}/phones.csv")
  template_file           = "/srv/templates/phone.xml"
  scep_server             = local.scep_server
  root_ca_fingerprint     = local.root_ca_fingerprint
  challenge_password_file = "/etc/ciscophone/challenge"

  depends_on = [ciscophone_fleet_enrollment.canary]
}

resource "ciscophone_fleet_enrollment" "all" {
  enrollments     = ciscophone_fleet.all.enrollments
  share           = 0.98
  exceptions_file = "/var/lib/phones/exceptions.csv"
}
