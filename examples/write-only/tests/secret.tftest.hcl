# The whole way for one file: written, the same again, and put away, in a store
# of the test's own. Run by tofu test or terraform test.

variables {
  challenge_password = "one-Challenge-42"
}

run "first" {
  assert {
    condition     = ciscophone_config.phone.challenge_password_wo == null
    error_message = "The password is in the state."
  }

  assert {
    condition     = ciscophone_config.phone.reenrolls
    error_message = "The phone requests its first certificate."
  }
}

run "again" {
  command = plan

  assert {
    condition     = ciscophone_config.phone.revision == 1
    error_message = "The same configuration once more changes the file."
  }
}

run "another_password" {
  variables {
    challenge_password = "another-Challenge-42"
  }

  assert {
    condition     = ciscophone_config.phone.reenrolls && ciscophone_config.phone.revision == 2
    error_message = "The phone is not told the new password."
  }
}
