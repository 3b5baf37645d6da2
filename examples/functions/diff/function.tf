# In a pull request: what a change of the file means to the phone.
output "differences" {
  value = provider::ciscophone::diff(
    "<flat-profile><CDC_Common_Name_1_>one</CDC_Common_Name_1_></flat-profile>",
    "<flat-profile><CDC_Common_Name_1_>two</CDC_Common_Name_1_></flat-profile>",
  )
}
