# A replica set of one member, of its own, for the test of restoring; nobody outside of the pod reaches it.
set -eu

mkdir -p /restore/db
mongod --replSet "$MONGO_REPLICA_SET" --bind_ip 127.0.0.1 --dbpath /restore/db --wiredTigerCacheSizeGB 0.25 &
server=$!
trap 'kill -TERM "$server"' TERM INT
until mongosh --quiet --eval 'db.adminCommand({ ping: 1 })' >/dev/null 2>&1; do
  kill -0 "$server"
  sleep 1
done
mongosh --quiet --eval 'try { rs.status() } catch (notInitiated) {
  rs.initiate({ _id: process.env.MONGO_REPLICA_SET, members: [{ _id: 0, host: "127.0.0.1:27017" }] })
}'
wait "$server"
