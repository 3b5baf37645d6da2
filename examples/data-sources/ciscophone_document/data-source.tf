data "ciscophone_document" "reception" {
  path  = "SEP001A2B3C4D5E.xml"
  names = ["CDC_Server_1_", "CDC_Challenge_Password_1_", "Time_Zone"]
}

output "reception" {
  value = {
    parameters = data.ciscophone_document.reception.parameters
    problems   = data.ciscophone_document.reception.problems
  }
}
