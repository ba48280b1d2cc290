// Messages of the feed, judged by the CloudEvents project's own SDK, as a receiver of them would: the file of each argument
// holds one message, or one on each line (`.jsonl`).
import { readFileSync } from "node:fs";
import { HTTP } from "cloudevents";

// The SDK judges only when asked: what it has parsed without complaint may still break the specification.
export function judge(body) {
  const headers = { "content-type": "application/cloudevents+json" };
  const event = HTTP.toEvent({ headers, body });
  if (!event.validate()) throw new Error(`no version that the SDK knows: ${event.specversion}`);
  // It fills in some of what is absent and drops what it does not understand: hence what was sent is compared with what it understood.
  const sent = JSON.parse(body);
  const understood = JSON.parse(JSON.stringify(event));
  for (const name of new Set([...Object.keys(sent), ...Object.keys(understood)])) {
    const equal = name === "time"
      ? Date.parse(sent.time) === Date.parse(understood.time)
      : JSON.stringify(sent[name]) === JSON.stringify(understood[name]);
    if (!equal) throw new Error(`${name} is ${JSON.stringify(sent[name])}, and was read as ${JSON.stringify(understood[name])}`);
  }
}

function refused(body) {
  try {
    judge(body);
    return false;
  } catch {
    return true;
  }
}

const messages = process.argv.slice(2).flatMap((file) => {
  const text = readFileSync(file, "utf8");
  const bodies = file.endsWith(".jsonl") ? text.split("\n").filter((line) => line !== "") : [text];
  return bodies.map((body, index) => ({ name: `${file}:${index + 1}`, body }));
});
let faults = 0;
for (const { name, body } of messages) {
  try {
    judge(body);
  } catch (fault) {
    faults += 1;
    console.error(`${name}: ${fault.message} ${JSON.stringify(fault.errors ?? "")}`);
  }
}
// A judge that lets everything pass proves nothing: broken copies of the first message must be refused.
const broken = [
  (it) => delete it.id,
  (it) => delete it.source,
  (it) => delete it.type,
  (it) => (it.specversion = "9.9"),
  (it) => (it.id = ""),
  (it) => (it.source = "not a reference %"),
  (it) => (it.dataschema = "not a reference %"),
  (it) => (it.subject = ""),
  (it) => (it.time = "yesterday"),
  (it) => (it.bad_name = "an underscore"),
];
for (const spoil of messages.length > 0 ? broken : []) {
  const copy = JSON.parse(messages[0].body);
  spoil(copy);
  if (!refused(JSON.stringify(copy))) {
    faults += 1;
    console.error(`a broken message passes: ${spoil}`);
  }
}
if (faults > 0 || messages.length === 0) process.exit(1);
console.log(`CloudEvents: ${messages.length} messages, no errors; ${broken.length} broken copies refused`);
