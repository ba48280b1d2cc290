// What was found, page by page: noted by every test as it goes, written as a table when all are done.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS } from './places.js';

const NOTES = join(RESULTS, 'pages.ndjson');

/** Notes what was found on a page. */
export const note = (found) => appendFileSync(NOTES, `${JSON.stringify(found)}\n`);

/** Writes `pages.md`: a line a page and visitor. */
export function writeTables() {
  if (!existsSync(NOTES)) return;
  const found = readFileSync(NOTES, 'utf8').trim().split('\n').map(JSON.parse);
  found.sort((one, other) => one.name.localeCompare(other.name) || one.visitor.localeCompare(other.visitor));
  const line = (it) => `| ${it.name} | ${it.visitor} | ${it.violations} | ${it.kept} | ${it.advice.length} | ${it.unjudged.length} | ${it.bytes} |`;
  const aside = (title, list) => (list.length > 0 ? [``, `## ${title}`, ``, ...new Set(list)] : []);
  const told = (key) => found.flatMap((it) => it[key].map((rule) => `- ${it.name}: ${rule}`));
  const text = [
    '# Pages: axe-core and weight',
    '',
    '| page or state | visitor | rules broken | rules kept | advice | to judge by eye | bytes |',
    '| --- | --- | --: | --: | --: | --: | --: |',
    ...found.map(line),
    ...aside('Advice', told('advice')),
    ...aside('To judge by eye', told('unjudged')),
  ];
  writeFileSync(join(RESULTS, 'pages.md'), `${text.join('\n')}\n`);
}
