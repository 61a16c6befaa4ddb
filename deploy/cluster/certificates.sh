#!/bin/bash
# Runs before a cluster starts (service `certificates`): looks at the secrets, and makes a certificate authority and the
# certificates of the EventStoreDB nodes where there are none. What is there is kept; docs/containers.md says how to renew.
set -euo pipefail
umask 077

refuse() {
  echo "certificates: $1 (docs/containers.md, Cluster)" >&2
  exit 1
}

for name in HOLDFAST_SECRET HOLDFAST_API_KEY; do
  [[ -n ${!name:-} ]] || refuse "$name is not set"
done
# One of them stands in a connection string, so nothing that would have to be escaped there.
for name in EVENTSTORE_ADMIN_PASSWORD EVENTSTORE_OPS_PASSWORD; do
  [[ ${!name:-} =~ ^[A-Za-z0-9._~-]{20,64}$ ]] || refuse "$name must have 20 to 64 letters, digits or . _ ~ -"
done

cd "$CERTIFICATES_ROOT"
# The key is copied last: where it is, the rest is too.
if [[ ! -f authority/ca.key ]]; then
  work=$(mktemp -d)
  es-gencert-cli create-ca -out "$work/ca"
  rm -f keys/*/*
  cp "$work/ca/ca.crt" authority/
  cp "$work/ca/ca.key" authority/
  rm -r "$work"
fi
# Nodes and clients see the authority's certificate, never its key.
install -m 444 authority/ca.crt trusted/ca.crt

for node in eventstore-1 eventstore-2 eventstore-3; do
  if [[ ! -f keys/$node/node.key ]]; then
    work=$(mktemp -d)
    es-gencert-cli create-node -ca-certificate authority/ca.crt -ca-key authority/ca.key \
      -out "$work/node" -dns-names "$node,localhost"
    cp "$work/node/node.crt" "keys/$node/"
    cp "$work/node/node.key" "keys/$node/"
    rm -r "$work"
  fi
done

chown -R "${EVENTSTORE_OWNER:=1000:1000}" keys
chown "${PROXY_OWNER:=1001:1001}" proxy
echo 'certificates: ready'
