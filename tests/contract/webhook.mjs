// Judges a call of a webhook by the library of Standard Webhooks: `node webhook.mjs SECRET ID TIMESTAMP SIGNATURE BODY-FILE`.
// It refuses what is signed wrongly and what is older than five minutes.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const [secret, id, timestamp, signature, file] = process.argv.slice(2);
const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
new Webhook(secret).verify(readFileSync(file, "utf8"), headers);
