import {
  to = ciscophone_config.reception
  id = "SEP001A2B3C4D5E.xml"
}
