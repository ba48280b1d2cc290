// The descriptions of the HTTP API, judged as integrators judge them: by Redocly's recommended rules and by Spectral's for
// OpenAPI. What they only advise is passed over.
import { readFileSync } from "node:fs";
import { createConfig, lint } from "@redocly/openapi-core";
import spectralCore from "@stoplight/spectral-core";
import { oas } from "@stoplight/spectral-rulesets";

const config = await createConfig({ extends: ["recommended"] });
const spectral = new spectralCore.Spectral();
spectral.setRuleset({ extends: [[oas, "recommended"]] });

const errors = [];
for (const file of process.argv.slice(2)) {
  for (const it of await lint({ ref: file, config })) {
    if (it.severity === "error") errors.push(`${file}: Redocly ${it.ruleId}: ${it.location[0]?.pointer}: ${it.message}`);
  }
  for (const it of await spectral.run(readFileSync(file, "utf8"))) {
    if (it.severity === 0) errors.push(`${file}: Spectral ${it.code}: ${it.path.join("/")}: ${it.message}`);
  }
}
for (const error of errors) console.error(error);
if (errors.length > 0) process.exit(1);
console.log(`OpenAPI: ${process.argv.length - 2} descriptions, no errors`);
