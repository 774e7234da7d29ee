// One desk on PouchDB: after hours offline it pushes its own documents and pulls the others'.
// node desk.js URL DOCUMENTS DATABASE BATCH_SIZE; DOCUMENTS is a folder with own.json and others.json, a list each.
// Prints one line of JSON: seconds to push and to pull, and how many documents each side then has.
const { readFileSync } = require("fs");
const { join } = require("path");
const { performance } = require("perf_hooks");
const PouchDB = require("pouchdb");

const [url, documents, database, batch] = process.argv.slice(2);
const options = { batch_size: Number(batch) };

async function fill(db, name) {
  const bodies = JSON.parse(readFileSync(join(documents, `${name}.json`), "utf8"));
  // Ids in order suit leveldb best.
  const docs = bodies.map((body, i) => ({ _id: `${name}-${String(i).padStart(8, "0")}`, body }));
  for (let at = 0; at < docs.length; at += 1000) {
    const refused = (await db.bulkDocs(docs.slice(at, at + 1000))).find((said) => said.error);
    if (refused) throw new Error(JSON.stringify(refused));
  }
}

async function seconds(replicate) {
  const began = performance.now();
  const done = await replicate();
  const took = (performance.now() - began) / 1000;
  if (!done.ok || done.errors.length) throw new Error(JSON.stringify(done));
  return took;
}

async function main() {
  const local = new PouchDB(database); // leveldb, on disk
  const remote = new PouchDB(url);
  await fill(local, "own");
  await fill(remote, "others");
  const push_s = await seconds(() => local.replicate.to(remote, options));
  const pull_s = await seconds(() => local.replicate.from(remote, options));
  const desk = (await local.info()).doc_count;
  const server = (await remote.info()).doc_count;
  await local.close();
  console.log(JSON.stringify({ push_s, pull_s, desk, server }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
