#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# terraform.sh VERSION builds build/terraform-VERSION from the module
# github.com/hashicorp/terraform@vVERSION of the Go module proxy, to try the
# provider on it; make terraform TERRAFORM=VERSION calls it.
#
# Releases from 1.6.0 on are under the Business Source License. What this builds
# stays on the machine it was built on: it is not distributed, not linked with,
# and neither CI nor anything that make test requires has it. The tests find it
# when TF_ACC_TERRAFORM_PATH names it.
#
# The module of a release lacks those parts of the repository that are modules of
# their own: the backends that keep states at cloud providers. In place of these
# backends, which would be most of the build, stand stubs that refuse to be
# configured. All else is Terraform's.
set -eu
version=${1:-}
version=${version#v}
case $version in
*[!0-9.]* | *.*.*.* | .* | *. | *..*) version= ;;
*.*.*) ;;
*) version= ;;
esac
if [ -z "$version" ]; then
	echo "terraform.sh: version ${1:-(none)}: want three numbers, such as 1.14.3" >&2
	exit 2
fi
cd "$(dirname "$0")/.."
go=${GO:-go}
build=$PWD/build
binary=$build/terraform-$version
if [ -x "$binary" ]; then
	echo "$binary"
	exit 0
fi

mkdir -p "$build"
src=$build/terraform-src-$version
rm -rf "$src"
mkdir "$src"
trap 'rm -rf "$src"' EXIT
trap 'exit 130' INT TERM
module=github.com/hashicorp/terraform
# Not from here: the project's own requirements have no say in it.
answer=$(cd / && GOWORK=off GO111MODULE=on GOFLAGS= $go mod download -json "$module@v$version") || true
cached=$(printf '%s\n' "$answer" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
if [ ! -d "$cached" ]; then
	echo "terraform.sh: $module@v$version could not be had:" >&2
	printf '%s\n' "$answer" >&2
	exit 1
fi
cp -R "$cached/." "$src"
chmod -R u+w "$src"

# stub FOLDER writes a backend that cannot be used.
stub() {
	rm -rf "${src:?}/$1"
	mkdir -p "$src/$1"
	cat >"$src/$1/stub.go" <<STUB
package $(basename "$1")

import (
	"errors"

	"github.com/zclconf/go-cty/cty"

	"$module/internal/backend"
	"$module/internal/configs/configschema"
	"$module/internal/tfdiags"
)

type stub struct{ backend.Backend }

func New() backend.Backend { return stub{} }

func (stub) ConfigSchema() *configschema.Block { return &configschema.Block{} }

func (stub) PrepareConfig(v cty.Value) (cty.Value, tfdiags.Diagnostics) { return v, refused() }

func (stub) Configure(cty.Value) tfdiags.Diagnostics { return refused() }

func refused() (diags tfdiags.Diagnostics) {
	return diags.Append(errors.New("this Terraform was built for tests, without the backend $(basename "$1")"))
}
STUB
}

state=internal/backend/remote-state
for backend in $(sed -n "s,.*\"$module/$state/\([a-z0-9]*\)\"\$,\1,p" "$src/internal/backend/init/init.go"); do
	case $backend in
	http | inmem) ;;
	*) stub "$state/$backend" ;;
	esac
done
# Where a part is a module of its own, go.mod says in which folder.
sed -n "s,^replace \($module/.*\) => \./\(.*\)\$,\1 \2,p" "$src/go.mod" | while read -r path folder; do
	mkdir -p "$src/$folder"
	printf 'module %s\n\ngo 1.18\n' "$path" >"$src/$folder/go.mod"
done

nice tools/watch.sh "Terraform $version (once; some minutes)" env CGO_ENABLED=0 GOWORK=off GOFLAGS= "$go" build -C "$src" -mod=mod -buildvcs=false -trimpath -v \
	-ldflags "-s -w -X $module/version.dev=no" -o "$binary.new" .
mv "$binary.new" "$binary"
echo "$binary"
