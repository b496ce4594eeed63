# Counts what was restored.
set -eu

mongosh --quiet "mongodb://127.0.0.1:27017/$DATABASE" --eval '
  const names = db.getCollectionNames();
  let documents = 0;
  for (const name of names) documents += db.getCollection(name).countDocuments({});
  print("restored: " + names.length + " collections, " + documents + " documents");
  if (names.length === 0) quit(1);
'
