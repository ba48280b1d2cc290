// "Si vous n'aviez pas de compte": topics, the establishment, its number or its agreement, then the mail.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, newcomer, printed } from '../harness/people.js';

test('a newcomer of a member gives its number', async ({ page, steps, look }) => {
  const person = newcomer();
  await steps.start(person);
  await steps.at('portal-topics-title');
  await look('topics');
  await steps.chooseTopics('payments', 'reminders');
  await steps.at('portal-establishment-title');
  await look('establishment');
  await steps.giveSiret('000 000 406 00017');
  await steps.at('portal-number-title');
  await look('number');
  await steps.giveNumber(ESTABLISHMENTS.member.number);
  await steps.at('portal-review-title');
  await look('review');
  await steps.confirm();
  await steps.at('portal-thanks-title');

  await page.goto((await mailTo(person.email)).link);
  await steps.choosePassword();
  await steps.signIn(person.email);
  await expect(page.locator('main')).toContainText(ESTABLISHMENTS.member.name);
  await expect(steps.field('topics', 'payments')).toBeChecked();
  await expect(steps.field('topics', 'funding_requests')).not.toBeChecked();
  await look('space');
});

test('a newcomer of a training organisation gives its number', async ({ page, steps }) => {
  const person = newcomer();
  await steps.account(person, ESTABLISHMENTS.training);
  await expect(page.locator('main')).toContainText(ESTABLISHMENTS.training.name);
});

test('a newcomer of an establishment that is only in the register chooses its agreement', async ({ page, steps, look }) => {
  const person = newcomer();
  await steps.start(person);
  await steps.chooseTopics();
  await steps.giveSiret(ESTABLISHMENTS.unknown.siret);
  await steps.at('portal-agreement-title');
  await look('agreement');
  await steps.giveIdcc(ESTABLISHMENTS.unknown.idcc);
  await steps.confirm();
  await steps.at('portal-thanks-title');
  await steps.followLink(person.email);
  await steps.choosePassword();
  await steps.signIn(person.email);
  await expect(page.locator('main')).toContainText(printed(ESTABLISHMENTS.unknown.siret));
});
