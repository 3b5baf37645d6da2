# What the configuration asks of the phones, without asking any of them: with
# command = plan, nothing is written and nothing is waited for. Run by tofu test
# or terraform test, with the variables of terraform.tfvars.

run "plan" {
  command = plan

  assert {
    condition     = alltrue([for c in values(ciscophone_config.phone) : !strcontains(c.certificate_common_name, "$")])
    error_message = "A common name holds a macro that cannot be told beforehand."
  }

  assert {
    condition     = alltrue([for c in values(ciscophone_config.phone) : length(c.certificate_common_name) <= 64])
    error_message = "A certificate's common name has at most 64 characters."
  }
}

run "another_domain" {
  command = plan

  variables {
    domain = "example.org"
  }

  assert {
    condition     = alltrue([for c in values(ciscophone_config.phone) : endswith(c.certificate_common_name, ".example.org") && c.reenrolls])
    error_message = "Another domain gives other names, for which phones request new certificates."
  }
}
