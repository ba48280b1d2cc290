// The ways of people through the form: back and forth, twice, elsewhere, later.
import { expect, test } from '../harness/test.js';
import { mailTo, mailsTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, contact, newcomer } from '../harness/people.js';
import { Steps } from '../harness/steps.js';

test('back by "previous" to the first step and forth again, with every answer kept', async ({ page, steps }) => {
  const person = newcomer();
  await steps.start(person);
  await steps.chooseTopics('payments');
  await steps.giveSiret(ESTABLISHMENTS.member.siret);
  await steps.at('portal-number-title');

  await steps.previous();
  await steps.at('portal-establishment-title');
  await expect(steps.field('siret')).toHaveValue(/000.000.406.00017/);
  await steps.previous();
  await steps.at('portal-topics-title');
  await expect(steps.field('topics', 'payments')).toBeChecked();
  await steps.previous();
  await steps.at('portal-identity-title');
  await expect(steps.field('email')).toHaveValue(person.email);
  await expect(steps.field('profile', person.profile)).toBeChecked();

  await steps.field('first_name').fill('Dominique');
  await steps.next();
  // Later answers are kept: the form goes on where it stood.
  await page.goto('/inscription/suite');
  await steps.giveNumber(ESTABLISHMENTS.member.number);
  await steps.confirm();
  await steps.at('portal-thanks-title');
});

test('an establishment that is corrected drops the number of the other one', async ({ steps }) => {
  await steps.start(newcomer());
  await steps.chooseTopics();
  await steps.giveSiret(ESTABLISHMENTS.member.siret);
  await steps.at('portal-number-title');
  await steps.previous();
  await steps.giveSiret(ESTABLISHMENTS.unknown.siret);
  await steps.giveIdcc(ESTABLISHMENTS.unknown.idcc);
  await steps.confirm();
  await steps.at('portal-thanks-title');
});

test('the address is corrected from the thank-you page, and only the new one gets a good link', async ({ page, steps, say }) => {
  const wrong = contact();
  await steps.start(wrong);
  await steps.at('portal-thanks-title');
  const old = await mailTo(wrong.email);
  await steps.link('portal-thanks-correct').click();
  await steps.at('portal-identity-title');
  await expect(steps.field('last_name')).toHaveValue(wrong.last_name);
  const right = contact();
  await steps.field('email').fill(right.email);
  await steps.next();
  await steps.at('portal-thanks-title');
  await expect(page.locator('main')).toContainText(right.email);

  await page.goto(old.link);
  await expect(page.locator('h1')).toHaveText(say('portal-link-replaced-title'));
  await steps.followLink(right.email);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
});

test('a double click starts one registration', async ({ page, steps }) => {
  const person = contact();
  await page.goto('/inscription');
  await steps.fillIdentity(person);
  await steps.button('portal-next').dblclick();
  await steps.at('portal-thanks-title');
  await mailTo(person.email);
  await steps.button('portal-thanks-finish').dblclick();
  await steps.at('portal-sign-in-awaited-title');
  expect(mailsTo(person.email)).toHaveLength(1);
});

test('the back button after a step shows it again, and sending it again changes nothing', async ({ page, steps }) => {
  const person = newcomer();
  await steps.start(person);
  await steps.chooseTopics('payments');
  await steps.at('portal-establishment-title');
  await page.goBack();
  await steps.at('portal-topics-title');
  await steps.next();
  await steps.at('portal-establishment-title');
  await page.goBack();
  await page.goBack();
  await steps.at('portal-identity-title');
  await steps.fillIdentity(person);
  await steps.next();
  await page.goto('/inscription/suite');
  await steps.at('portal-establishment-title');
});

test('a second tab that lags behind is led to the open step', async ({ page, steps, say }) => {
  await steps.start(newcomer());
  await steps.at('portal-topics-title');
  const tab = await page.context().newPage();
  const other = new Steps(tab, say);
  await tab.goto('/inscription/thematiques');
  await other.at('portal-topics-title');

  await steps.chooseTopics('payments');
  await steps.giveSiret(ESTABLISHMENTS.member.siret);
  await steps.giveNumber(ESTABLISHMENTS.member.number);
  await steps.confirm();
  await steps.at('portal-thanks-title');

  await other.next();
  await other.at('portal-thanks-title');
});

test('a browser that has lost the form is told, and the mail leads on from another device', async ({ page, steps, say, browser, locale }) => {
  const person = newcomer();
  await steps.newcomerToThanks(person);
  await page.context().clearCookies();
  await page.goto('/inscription/merci');
  await steps.at('portal-identity-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-start-here'));

  const device = await browser.newContext({ locale });
  const other = new Steps(await device.newPage(), say);
  await other.followLink(person.email);
  await other.choosePassword();
  await other.at('portal-sign-in-title');
  await device.close();
});

test('a step that is not open yet leads to the one that is', async ({ page, steps }) => {
  await steps.start(newcomer());
  await steps.at('portal-topics-title');
  for (const path of ['/inscription/etablissement', '/inscription/numero', '/inscription/idcc', '/inscription/merci', '/inscription/suite']) {
    await page.goto(path);
    await steps.at('portal-topics-title');
  }
});
