// Reads lines of base64 zips and says what reading each gave; then packs the files named last.
import { createInterface } from "node:readline";
import { Fingerprint } from "../../scoring/browser/lib/sha256.js";
import { FILE_LIMITS, readZip, zipUnpacker } from "../../scoring/browser/lib/zip_reading.js";
import { storedEntry, writeZip } from "../../scoring/browser/lib/zip_writing.js";

async function outcome(base64) {
  try {
    const entries = await readZip(new Blob([Buffer.from(base64, "base64")])), unpack = zipUnpacker();
    for (const entry of entries.values()) await unpack(entry);
    return "";
  } catch (problem) {
    return problem.code ? JSON.stringify([problem.code, problem.values]) : String(problem);
  }
}

function packed(files) {
  const entries = Object.entries(files).map(([name, text]) => {
    const fingerprint = new Fingerprint();
    fingerprint.update(Buffer.from(text));
    return storedEntry(name, new Blob([text]), fingerprint.crc());
  });
  return writeZip(entries, { asBundle: true });
}

const told = { outcomes: [], limits: FILE_LIMITS, zip: "" };
for await (const line of createInterface({ input: process.stdin })) {
  const { zip, files } = JSON.parse(line);
  if (zip !== undefined) told.outcomes.push(await outcome(zip));
  else told.zip = Buffer.from(await packed(files).arrayBuffer()).toString("base64");
}
console.log(JSON.stringify(told));
