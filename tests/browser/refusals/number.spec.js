// Step 4 for an establishment that is known: a number that is none, a wrong one, and too many of them.
import { expect, test } from '../harness/test.js';
import { ESTABLISHMENTS, newcomer } from '../harness/people.js';

/** Wrong numbers that one registration may give in an hour. */
const REFUSALS_MAX = 5;

test.beforeEach(async ({ steps }) => {
  await steps.start(newcomer());
  await steps.chooseTopics();
  await steps.giveSiret(ESTABLISHMENTS.guessedAt.siret);
  await steps.at('portal-number-title');
});

test('what is no number is refused and not counted', async ({ steps }) => {
  for (const typed of ['', ' ', '12é', '1'.repeat(60)]) {
    await steps.field('number').fill(typed);
    await steps.next();
    await steps.refused('number');
  }
  await steps.fillNumber(ESTABLISHMENTS.guessedAt.number);
  await steps.confirm();
  await steps.at('portal-thanks-title');
});

test('a wrong number says where to ask, and too many have to wait', async ({ page, steps, look }) => {
  for (let given = 1; given <= REFUSALS_MAX; given += 1) {
    await steps.fillNumber(String(given));
    await steps.refused('number');
  }
  await expect(page.locator('main')).toContainText('https://www.akto.fr/contact/');
  await look('number-wrong');

  await steps.fillNumber(ESTABLISHMENTS.guessedAt.number);
  await expect(page.locator('main .wrong')).toBeVisible();
  await look('number-too-many');
});
