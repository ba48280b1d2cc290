// schemas/asyncapi.yaml is judged by AsyncAPI's own parser, which reads the schemas that it refers to as well.
import { Parser, fromFile } from "@asyncapi/parser";

const { document, diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
const errors = diagnostics.filter((it) => it.severity === 0);
for (const error of errors) console.error(`${error.path.join("/")}: ${error.message}`);
if (errors.length > 0 || !document) process.exit(1);
console.log(`asyncapi.yaml: ${document.messages().length} messages, no errors`);
