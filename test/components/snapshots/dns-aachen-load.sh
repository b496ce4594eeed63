set -eu
rm -f /data/zones.sqlite3
sqlite3 /data/zones.sqlite3 < "${PDNS_SCHEMA:-/usr/local/share/doc/pdns/schema.sqlite3.sql}"
pdnsutil --config-dir=/config load-zone example.org /config/zone.db
pdnsutil --config-dir=/config load-zone _challenge.example.org /config/challenge.db
pdnsutil --config-dir=/config import-tsig-key acme hmac-sha256 "$TSIG_SECRET"
pdnsutil --config-dir=/config set-meta _challenge.example.org ALLOW-DNSUPDATE-FROM 0.0.0.0/0 ::/0
pdnsutil --config-dir=/config set-meta _challenge.example.org TSIG-ALLOW-DNSUPDATE acme
pdnsutil --config-dir=/config check-all-zones
