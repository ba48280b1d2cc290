// Step 4 for an establishment that only the register knows: agreements that are none, unknown, or replaced; and the search.
import { expect, test } from '../harness/test.js';
import { ESTABLISHMENTS, newcomer } from '../harness/people.js';

/** An agreement that is no longer in force, and the one that took its place. */
const REPLACED = { idcc: '0054', successor: '3248' };

/** Sends what was typed as it stands, whatever is proposed over the buttons meanwhile. */
const send = (steps) => steps.field('idcc').press('Enter');

test.beforeEach(async ({ steps }) => {
  await steps.start(newcomer());
  await steps.chooseTopics();
  await steps.giveSiret(ESTABLISHMENTS.unknown.siret);
  await steps.at('portal-agreement-title');
});

test('an empty field is refused', async ({ steps, look }) => {
  await steps.next();
  await steps.refused('idcc');
  await look('agreement-empty');
});

test('an agreement that does not exist is refused', async ({ steps, look }) => {
  for (const typed of ['0001', '123456']) {
    await steps.field('idcc').fill(typed);
    await send(steps);
    await steps.refused('idcc');
    await expect(steps.field('idcc')).toHaveValue(typed);
  }
  await look('agreement-unknown');
});

test('a replaced agreement is refused with its successor', async ({ steps, look }) => {
  await steps.field('idcc').fill(REPLACED.idcc);
  await send(steps);
  await steps.refused('idcc');
  await steps.says('idcc', REPLACED.successor);
  await look('agreement-replaced');
});

test('words are searched for by sending them, and a result fills in the field', async ({ page, steps, say, look }) => {
  await steps.field('idcc').fill('bureaux');
  await send(steps);
  await expect(page.locator('main')).toContainText(say('portal-idcc-found', { query: 'bureaux' }));
  await look('agreement-found');
  const choose = page.locator('#found a[href*="idcc="]').first();
  const idcc = new URL(await choose.evaluate((link) => link.href)).searchParams.get('idcc');
  await choose.click();
  await expect(steps.field('idcc')).toHaveValue(idcc);
  await look('agreement-filled-in');
  await steps.next();
  await steps.at('portal-review-title');
});

test('a search that finds nothing says so', async ({ page, steps, say, look }) => {
  await steps.field('idcc').fill('xyzzy');
  await send(steps);
  await expect(page.locator('main')).toContainText(say('portal-idcc-none-found'));
  await look('agreement-none-found');
});
