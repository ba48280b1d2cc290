// The schemas of the feed, compiled by Ajv in its strict mode with the lines that schemas/README.md gives and nothing more, and
// the golden message of each held against its schema.
import { readFileSync, readdirSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const schemas = process.argv[2];
const [, lines = ""] = readFileSync(`${schemas}/README.md`, "utf8").match(/```js\n([^`]*new Ajv2020[^`]*)```/) ?? [];
const ajv = new Function("Ajv2020", "addFormats", `${lines}\nreturn ajv;`)(Ajv2020.default, addFormats.default);

const read = (file) => JSON.parse(readFileSync(`${schemas}/${file}`, "utf8"));
const names = readdirSync(`${schemas}/events`);
for (const name of names) {
  const validate = ajv.compile(read(`events/${name}`));
  const message = read(`examples/${name}`);
  if (!validate(message)) throw new Error(`${name}: ${ajv.errorsText(validate.errors)}`);
  if (validate({ ...message, position: 0.5 })) throw new Error(`${name}: half a position passes`);
}
ajv.compile(read("inbound/establishment.v1.json"));
console.log(`Ajv: ${names.length} schemas in strict mode, each with its golden message`);
