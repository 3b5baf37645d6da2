# One parameter changes, one goes, and every other byte stays.
output "spliced" {
  value = provider::ciscophone::splice(
    "<flat-profile><Time_Zone>GMT</Time_Zone><Station_Name>Lobby</Station_Name></flat-profile>",
    { Time_Zone = "GMT+01:00", Station_Name = null },
  )
}
