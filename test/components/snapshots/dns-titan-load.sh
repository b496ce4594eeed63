set -eu
rm -f /data/zones.sqlite3
sqlite3 /data/zones.sqlite3 < "${PDNS_SCHEMA:-/usr/local/share/doc/pdns/schema.sqlite3.sql}"
pdnsutil --config-dir=/config load-zone example.org /config/zone.db
pdnsutil --config-dir=/config check-all-zones
