// axe-core on the page as it stands: WCAG 2.0 to 2.2, levels A and AA; its advice beyond them is counted, not demanded.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DEMANDED = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/**
 * What breaks a rule, in one line each, and how many rules were kept, advise otherwise, or could not be judged.
 * With `rules`, only those are asked.
 */
export async function accessibilityFaults(page, rules) {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(SOURCE);
  const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: [...DEMANDED, 'best-practice'] };
  const result = await page.evaluate((options) => globalThis.axe.run(document, options), { runOnly });
  const demanded = (rule) => rule.tags.some((tag) => DEMANDED.includes(tag));
  const told = (rule) => `${rule.id} at ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`;
  const advice = result.violations.filter((rule) => !demanded(rule));
  return {
    violations: result.violations.filter(demanded).map(told),
    kept: result.passes.length,
    advice: advice.map(told),
    unjudged: result.incomplete.map(told),
  };
}
