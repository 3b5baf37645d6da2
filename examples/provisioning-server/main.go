// SPDX-License-Identifier: MPL-2.0

// Provisioning-server gives each phone its own configuration: one base file,
// in which the common name of the phone's certificate and its label are filled
// in. Phones fetch it with a Profile_Rule such as
//
//	http://10.0.0.5:8080/$PN/$MAU.xml
package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

func main() {
	base := flag.String("base", "base.xml", "configuration that all phones share")
	domain := flag.String("domain", "example.net", "domain of the common names")
	listen := flag.String("listen", "127.0.0.1:8080", "address to serve at")
	flag.Parse()

	data, err := os.ReadFile(*base)
	check(err)
	document, err := cfgxml.Parse(data)
	check(err)
	for _, problem := range validate.Document(document, validate.Settings{}) {
		log.Printf("%s:%d: %v", *base, document.Position(problem.Start).Line, problem)
		if problem.Severity == validate.Error {
			log.Fatal("not served: phones would get a file with errors")
		}
	}
	template, err := cfgxml.Compile(document, cdc.ParamCommonName, "Station_Display_Name")
	check(err)

	http.HandleFunc("GET /{model}/{file}", func(w http.ResponseWriter, r *http.Request) {
		model, err1 := device.ParseModel(r.PathValue("model"))
		mac, err2 := device.ParseMAC(strings.TrimSuffix(r.PathValue("file"), ".xml"))
		if err1 != nil || err2 != nil {
			http.NotFound(w, r)
			return
		}
		phone := device.Identity{Model: model, MAC: mac}
		body, err := template.Append(make([]byte, 0, template.Size()+256), phone.CommonName(*domain), "Phone "+mac.Upper())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		w.Write(body)
	})
	listener, err := net.Listen("tcp", *listen)
	check(err)
	log.Printf("serving http://%s/", listener.Addr())
	server := http.Server{ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	check(server.Serve(listener))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
