# SPDX-License-Identifier: MPL-2.0
#
# Phones that obtain a certificate of their own by SCEP, from their
# configuration file to the proof that they hold it.
#
# For each phone:
#   1. ciscophone_config splices the SCEP parameters into its cfg.xml and puts
#      the file where the phone fetches it. All else in the file stays as it is.
#   2. The phone reads the file at its next resync and requests a certificate.
#   3. ciscophone_enrollment waits until the phone's page shows the right one.
#
# Works with Terraform and OpenTofu 1.8 or newer.

terraform {
  required_version = ">= 1.8"

  required_providers {
    ciscophone = {
      source = "phonecfg/ciscophone"
    }
  }
}

provider "ciscophone" {
  store = var.store
}

resource "ciscophone_config" "phone" {
  for_each = var.phones

  # The file the phone fetches, by its name in the store.
  path = each.value.path

  # The administrator's file to start from. Without one, the parameters are
  # spliced into what the store holds.
  template_file = each.value.template_file

  scep_server             = var.scep_server             # CDC_Server_1_
  root_ca_fingerprint     = var.root_ca_fingerprint     # CDC_Root_CA_Fingerprint_1_
  challenge_password_file = var.challenge_password_file # CDC_Challenge_Password_1_

  # CDC_Common_Name_1_: given for this phone, or made like the phone does it
  # with a domain from DHCP option 15.
  common_name = coalesce(
    each.value.common_name,
    provider::ciscophone::common_name(each.value.model, each.value.mac, var.domain),
  )

  # Lets the common name be checked as the phone will expand it.
  phone = {
    model = each.value.model
    mac   = each.value.mac
  }
}

resource "ciscophone_enrollment" "phone" {
  for_each = var.phones

  phone_url           = each.value.page
  root_ca_fingerprint = var.root_ca_fingerprint
  common_name         = ciscophone_config.phone[each.key].certificate_common_name

  # Another one whenever the phone is made to request a new certificate; then
  # that is waited for.
  enrollment_id = ciscophone_config.phone[each.key].enrollment_id

  timeouts = {
    create = var.wait
    update = var.wait
  }
}
