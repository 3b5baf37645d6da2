# SPDX-License-Identifier: MPL-2.0
#
# The phones of one site: their files, and whether the network saw them with the
# certificates they should have. The provider and its store are the caller's:
#
#   module "amsterdam" {
#     source = "./modules/site"
#
#     site                = "ams"
#     phones              = csvdecode(file("amsterdam.csv"))
#     template_file       = abspath("${path.root}/phone.xml")
#     scep_server         = "http://scep.example.net/scep"
#     root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
#     domain              = "phones.example.net"
#   }

resource "ciscophone_fleet" "site" {
  inventory = jsonencode([for p in var.phones : merge(
    { mac = p.mac, model = p.model, site = var.site },
    p.station_name == null ? {} : { Station_Name = p.station_name },
  )])

  path                    = "{site}/SEP$MAU.xml"
  template_file           = var.template_file
  scep_server             = var.scep_server
  root_ca_fingerprint     = var.root_ca_fingerprint
  challenge_password_file = var.challenge_password_file
  common_name             = "$MAU.{site}.${var.domain}"

  parameters = merge({ Certificate_Select = "Custom installed" }, var.parameters)
}

data "ciscophone_fleet_enrollment" "site" {
  count = length(var.records) > 0 ? 1 : 0

  enrollments         = ciscophone_fleet.site.enrollments
  sources             = var.records
  expires_within_days = 14
}

# A warning in every plan, while a phone is known not to be right. That nothing is
# known of a phone is none: it may be in a box.
check "certificates" {
  assert {
    condition     = alltrue([for e in data.ciscophone_fleet_enrollment.site : e.verdict != "wrong"])
    error_message = join("\n", flatten([for e in data.ciscophone_fleet_enrollment.site : e.problems]))
  }
}
