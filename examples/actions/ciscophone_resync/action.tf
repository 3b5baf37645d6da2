# The phone fetches its file as soon as that has changed (Terraform 1.14.1).
action "ciscophone_resync" "reception" {
  config {
    phone_url           = "http://10.0.0.17/"
    admin_password_file = "/etc/ciscophone/admin-password"
  }
}

resource "ciscophone_config" "reception" {
  path                = "SEP001A2B3C4D5E.xml"
  scep_server         = "http://scep.example.net/scep"
  root_ca_fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.ciscophone_resync.reception]
    }
  }
}
