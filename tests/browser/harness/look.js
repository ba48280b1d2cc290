// Looking at a page as it stands: its structure, axe-core, its weight, its shape at other sizes, and pictures of it.
//
// Every page and state that a test reaches is looked at. What is found does not stop the test: all of it is told at its end.
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { accessibilityFaults } from './axe.js';
import { PICTURES, folder } from './places.js';
import { overflowing, withCramped, withDarkness, withLargeText, withNarrow, withSpacedText } from './reflow.js';
import { structureFaults } from './structure.js';
import { note } from './tables.js';
import { WEIGHT_MAX, weight } from './weight.js';

/**
 * Looks at the page and takes its picture under `name`. A thorough look sees it narrow, large, spaced out and dark as well.
 */
export async function look(page, name, { visitor, language, scripts, thorough }) {
  await page.waitForLoadState('load');
  const about = (what) => `${visitor}: ${name}: ${what}`;
  const none = async (what, found) => expect.soft(await found, about(what)).toEqual([]);

  await none('structure', structureFaults(page, language));
  await picture(page, visitor, name);
  if (!scripts) return;

  const { violations, ...counts } = await accessibilityFaults(page);
  await none('axe-core', violations);
  const bytes = await weight(page);
  expect.soft(bytes, about('bytes, everything included')).toBeLessThanOrEqual(WEIGHT_MAX);
  note({ visitor, name, bytes, violations: violations.length, ...counts });
  if (!thorough) return;

  await withCramped(page, () => none('320 pixels wide', overflowing(page)));
  await withLargeText(page, () => none('text at 200 %', overflowing(page)));
  await withSpacedText(page, () => none('spaced text', overflowing(page)));
  await withDarkness(page, async () => {
    await none('axe-core in the dark', accessibilityFaults(page, ['color-contrast']).then((it) => it.violations));
    await picture(page, `${visitor}-dark`, name);
  });
  await withNarrow(page, () => picture(page, `${visitor}-narrow`, name));
}

/** Takes a picture of the whole page. */
export async function picture(page, visitor, name) {
  await page.screenshot({ path: join(folder(join(PICTURES, visitor)), `${name}.png`), fullPage: true, animations: 'disabled' });
}
