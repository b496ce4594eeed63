# A base backup of the replica set; the agents archive the oplog from then on.
set -eu

. /scripts/common.sh
PBM_MONGODB_URI="mongodb://$MONGO_USER:$MONGO_PASSWORD@$MONGO_HOSTS/?replicaSet=$MONGO_REPLICA_SET&authSource=admin"
export PBM_MONGODB_URI

write_pbm_config
pbm config --file /tmp/pbm.yaml >/dev/null
# After a change of the configuration the agents first read the store's list, and refuse other work meanwhile.
retry pbm backup --wait
