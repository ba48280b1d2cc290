// Makes the TypeScript clients of the HTTP API from its description, and compiles each journey against them, in this folder's
// `made`. Whatever a generator complains of, or the compiler, ends it.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createClient } from "@hey-api/openapi-ts";
import openapiTypeScript, { astToString } from "openapi-typescript";

const here = import.meta.dirname;
const description = new URL("../../../schemas/openapi.json", import.meta.url);
rmSync(`${here}/made`, { recursive: true, force: true });
mkdirSync(`${here}/made`);
writeFileSync(`${here}/made/schema.ts`, astToString(await openapiTypeScript(description)));
await createClient({
  input: description.pathname,
  output: { path: `${here}/made/hey-api`, importFileExtension: ".js" },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
  logs: { level: "error", file: false },
});
const compiler = new URL("../node_modules/typescript/bin/tsc", import.meta.url).pathname;
execFileSync(process.execPath, [compiler, "--project", here, "--outDir", `${here}/made/js`], { stdio: "inherit" });
