# A phone's file holds passwords: pick what is needed, or wrap it in sensitive().
output "server" {
  value = provider::ciscophone::parse(file("/srv/phones/SEP001A2B3C4D5E.xml"))["Time_Zone"]
}
