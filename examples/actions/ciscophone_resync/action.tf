# The phone fetches its file as soon as that has changed (Terraform 1.14).
action "ciscophone_resync" "reception" {
  config {
    phone_url = "http://10.0.0.17/"
  }
}

resource "ciscophone_config" "reception" {
  path   = "SEP001A2B3C4D5E.xml"
  server = "http://scep.example.net/scep"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.ciscophone_resync.reception]
    }
  }
}
