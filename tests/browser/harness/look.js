// Looking at a page as it stands: its structure, axe-core, its weight, its shape at other sizes, and pictures of it.
//
// Every page and state that a test reaches is looked at. What is found does not stop the test: all of it is told at its end.
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { accessibilityFaults } from './axe.js';
import { PICTURES, folder } from './places.js';
import { overflowing, withCramped, withLargeText, withSpacedText } from './reflow.js';
import { structureFaults } from './structure.js';
import { note } from './tables.js';
import { WEIGHT_MAX, weight } from './weight.js';

/** Looks at the page and takes its pictures under `name`. */
export async function look(page, name, { visitor, language, scripts }) {
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

  await withCramped(page, async () => none('320 pixels wide', overflowing(page)));
  await withLargeText(page, async () => none('text at 200 %', overflowing(page)));
  await withSpacedText(page, async () => none('spaced text', overflowing(page)));
  await inTheDark(page, async () => {
    await none('axe-core in the dark', accessibilityFaults(page, ['color-contrast']).then((it) => it.violations));
    await picture(page, `${visitor}-dark`, name);
  });
}

/** Takes a picture of the whole page. */
export async function picture(page, visitor, name) {
  await page.screenshot({ path: join(folder(join(PICTURES, visitor)), `${name}.png`), fullPage: true, animations: 'disabled' });
}

async function inTheDark(page, look) {
  await page.emulateMedia({ colorScheme: 'dark' });
  await look();
  await page.emulateMedia({ colorScheme: 'light' });
}
