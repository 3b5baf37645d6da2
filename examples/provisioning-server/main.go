// SPDX-License-Identifier: MPL-2.0

// Provisioning-server gives each phone its own configuration: one base file, in
// which the common name of the phone's certificate and its challenge password
// are filled in. A phone with a key gets its file encrypted (RFC 8188); the phone
// holds the key as its parameter IKM_HTTP_Encrypt_Content. Phones fetch their
// file with a Profile_Rule such as
//
//	http://10.0.0.5:8080/SEP$MAU.xml
package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/provision"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"github.com/phonecfg/terraform-provider-ciscophone/validate"
)

func main() {
	base := flag.String("base", "base.xml", "configuration that all phones share")
	list := flag.String("phones", "phones.csv", "a phone a line: common name, MAC address, challenge password, key or nothing")
	listen := flag.String("listen", "127.0.0.1:8080", "address to serve at")
	flag.Parse()

	document := must(cfgxml.Parse(must(os.ReadFile(*base))))
	problems := validate.Document(document, validate.Settings{})
	for _, problem := range problems {
		log.Printf("%s:%v", *base, problem)
	}
	if validate.HasErrors(problems) {
		log.Fatal("not served: phones would get a file with errors")
	}
	template := must(cfgxml.Compile(document, cdc.ParamCommonName, cdc.ParamChallengePassword))
	rows := csv.NewReader(must(os.Open(*list)))
	rows.FieldsPerRecord = 4
	phones := map[string][]string{}
	for _, row := range must(rows.ReadAll()) {
		phones["SEP"+must(device.ParseMAC(row[1])).Upper()+".xml"] = row
	}
	revision := fmt.Sprintf(`W/"%d"`, time.Now().UnixNano()) // files change with a restart only

	source := provision.SourceFunc(func(_ context.Context, name string) (provision.File, error) {
		row, ok := phones[name]
		if !ok {
			return provision.File{}, fs.ErrNotExist
		}
		header := http.Header{"Etag": {revision}}
		body, err := template.Append(nil, row[0], row[2])
		if key := row[3]; err == nil && key != "" {
			header.Set("Content-Encoding", "aes128gcm")
			body, err = seal.Seal(body, seal.Options{Cipher: seal.AES128GCM, Key: secret.New(key)})
		}
		return provision.File{Header: header, Content: bytes.NewReader(body)}, err
	})
	listener := must(net.Listen("tcp", *listen))
	log.Printf("serving http://%s/", listener.Addr())
	log.Fatal(http.Serve(listener, provision.Handler(source, provision.Options{})))
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
