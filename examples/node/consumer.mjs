// A durable consumer of the feed. What `onboarding subscriber add` printed is its environment.
//
// It may be killed at any line: an event is acknowledged after its effect is on the disk, together with the sequence that
// it brought the registration to. What comes again is told by that sequence and has no second effect.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

const file = process.env.FEED_STORE ?? "feed.json";
const store = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

// Your own change, kept at once with the registration's last sequence. Here the event is merely kept.
function apply(event) {
  const registration = (store[event.subject] ??= { sequence: 0, effects: [] });
  if (event.sequence <= registration.sequence) return;
  registration.effects.push({ sequence: event.sequence, type: event.type });
  registration.sequence = event.sequence;
  writeFileSync(`${file}.next`, JSON.stringify(store));
  renameSync(`${file}.next`, file);
}

// Of a cluster each server, with a comma between.
const urls = process.env.FEED_NATS_URL.split(",").map((one) => new URL(one));
const [url] = urls;
const client = await connect({
  servers: urls.map((one) => one.host),
  user: url.username ? decodeURIComponent(url.username) : undefined,
  pass: url.password ? decodeURIComponent(url.password) : undefined,
  inboxPrefix: process.env.FEED_INBOX_PREFIX,
  maxReconnectAttempts: -1,
  // Whoever answers for logins may be away for a while as well; by itself nats.js is closed for good after two refusals.
  ignoreAuthErrorAbort: true,
});
const consumer = await jetstream(client, { domain: "feed" }).consumers.get(process.env.FEED_STREAM, process.env.FEED_CONSUMER);
for await (const message of await consumer.consume()) {
  apply(message.json());
  message.ack();
}
throw new Error("the feed has ended");
