// The page that shows every answer before the last one is sent.
import { expect, test } from '../harness/test.js';
import { mailTo, mailsTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, newcomer, printed } from '../harness/people.js';

let person;

test.beforeEach(async ({ steps }) => {
  person = newcomer();
  await steps.start(person);
  await steps.chooseTopics('payments');
  await steps.giveSiret(ESTABLISHMENTS.member.siret);
  await steps.giveNumber(ESTABLISHMENTS.member.number);
  await steps.at('portal-review-title');
});

test('every answer is shown, and nothing is sent before it is confirmed', async ({ page, steps }) => {
  const shown = page.locator('main');
  for (const text of [person.email, person.last_name, person.first_name, ESTABLISHMENTS.member.number, printed(ESTABLISHMENTS.member.siret)]) {
    await expect(shown).toContainText(text);
  }
  await page.reload();
  await steps.at('portal-review-title');
  expect(mailsTo(person.email)).toHaveLength(0);
  await steps.button('portal-review-button').dblclick();
  await steps.at('portal-thanks-title');
  await mailTo(person.email);
  // What was confirmed is not shown to be confirmed again.
  await page.goto('/inscription/recapitulatif');
  await steps.at('portal-thanks-title');
  expect(mailsTo(person.email)).toHaveLength(1);
});

test('each answer can be changed from here', async ({ page, steps, say }) => {
  const change = page.getByRole('link', { name: new RegExp(`^${say('portal-review-change')}`) });
  const pages = await change.evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  expect([...new Set(pages)]).toEqual(['/inscription', '/inscription/thematiques', '/inscription/etablissement', '/inscription/numero']);

  await page.goto('/inscription/thematiques');
  await steps.field('topics', 'payments').uncheck();
  await steps.field('topics', 'reminders').check();
  await steps.next();
  await page.goto('/inscription');
  await steps.field('first_name').fill('Dominique');
  await steps.next();
  await page.goto('/inscription/recapitulatif');
  await expect(page.locator('main')).toContainText('Dominique');
  await steps.confirm();
  await steps.at('portal-thanks-title');
  await steps.followLink(person.email);
  await steps.choosePassword();
  await steps.signIn(person.email);
  await expect(steps.field('topics', 'reminders')).toBeChecked();
  await expect(steps.field('topics', 'payments')).not.toBeChecked();
});

test('an answer that the browser has lost is asked for again', async ({ page, steps, say, look }) => {
  await page.context().clearCookies({ name: /answer/i });
  await page.reload();
  await steps.at('portal-number-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-answer-missing'));
  await look('number-answer-missing');
});
