run "common_name" {
  command = plan

  assert {
    condition     = ciscophone_config.reception.certificate_common_name == "001A2B3C4D5E.example.net"
    error_message = "The phone would ask for ${ciscophone_config.reception.certificate_common_name}."
  }
}

run "another_name" {
  command = plan

  variables {
    common_name = "reception.example.net"
  }

  assert {
    condition     = ciscophone_config.reception.reenrolls
    error_message = "Another common name needs another certificate."
  }
}
