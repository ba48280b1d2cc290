// What an account's owner does with it: topics, another password, leaving.
import { readFileSync } from 'node:fs';
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { PASSWORD, contact } from '../harness/people.js';

const OTHER_PASSWORD = 'violoncelle7';

test.beforeEach(async ({ page, steps }) => {
  const person = contact();
  await steps.start(person);
  await steps.followLink(person.email);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
  await steps.signIn(person.email);
  await expect(page).toHaveURL(/\/espace$/);
  steps.person = person;
});

test('topics are changed', async ({ page, steps, say, look }) => {
  await steps.field('topics', 'reminders').check();
  await steps.button('portal-space-topics-button').click();
  await expect(page.locator('main')).toContainText(say('portal-notice-topics-saved'));
  await look('space-topics-saved');
  await page.reload();
  await expect(steps.field('topics', 'reminders')).toBeChecked();
  await expect(steps.field('topics', 'payments')).not.toBeChecked();
});

test('everything held on a person is a page to be read, with who looked', async ({ page, steps, say, look }) => {
  await steps.link('portal-space-data-link').click();
  await expect(page.locator('h1')).toHaveText(say('portal-data-title'));
  await expect(page.locator('main')).toContainText(steps.person.email);
  await look('data');
});

test('names are corrected, and what is wrong with them is said', async ({ page, steps, say, look }) => {
  await steps.link('portal-space-correction-link').click();
  await steps.at('portal-correction-title');
  await expect(steps.field('last_name')).toHaveValue(steps.person.last_name);
  await look('correction');
  await steps.field('last_name').fill('');
  await steps.button('portal-correction-button').click();
  await steps.refused('last_name');
  await look('correction-missing');
  await steps.field('last_name').fill('Le Goff-D’Arc');
  await steps.button('portal-correction-button').click();
  await steps.at('portal-data-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-identity-corrected'));
  await expect(page.locator('main')).toContainText(/Le Goff-D’Arc/i);
  await expect(page.locator('main')).toContainText(say('portal-data-event-IdentityRectified'));
  await look('data-corrected');
});

test('signing out ends the session here and everywhere it was copied to', async ({ page, steps, say, look }) => {
  const cookies = await page.context().cookies();
  await steps.button('portal-space-sign-out').click();
  await steps.at('portal-sign-in-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-signed-out'));
  await look('sign-in-signed-out');
  await page.context().addCookies(cookies);
  await page.goto('/espace');
  await steps.at('portal-sign-in-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-sign-in-first'));
  await look('sign-in-first');
});

test('a forgotten password is replaced by a link, and the old one is good no longer', async ({ page, steps, say, look }) => {
  const { email } = steps.person;
  await mailTo(email, 1);
  await steps.button('portal-space-sign-out').click();
  await steps.link('portal-sign-in-forgotten').click();
  await steps.at('portal-forgotten-title');
  await look('forgotten');
  await steps.button('portal-forgotten-button').click();
  await steps.refused('email');
  await look('forgotten-empty');
  await steps.field('email').fill(email);
  await steps.button('portal-forgotten-button').click();
  await steps.at('portal-forgotten-sent-title');
  await look('forgotten-sent');

  const { link } = await mailTo(email, 2);
  await page.goto(link);
  await steps.at('portal-password-change-title');
  await look('password-change');
  await steps.choosePassword(OTHER_PASSWORD);
  await steps.at('portal-sign-in-title');
  await steps.signIn(email);
  await expect(page.locator('main .wrong')).toContainText(say('problem-sign-in-refused-detail'));
  await steps.signIn(email, OTHER_PASSWORD);
  await expect(page).toHaveURL(/\/espace$/);
});

test('a session that has ended loses no choice of topics', async ({ page, steps, say, look }) => {
  await steps.field('topics', 'reminders').check();
  await page.context().clearCookies({ name: /session$/ });
  await steps.button('portal-space-topics-button').click();
  await steps.at('portal-sign-in-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-session-ended'));
  await look('sign-in-session-ended');
  await steps.signIn(steps.person.email);
  await expect(page.locator('main')).toContainText(say('portal-notice-topics-unsaved'));
  await expect(steps.field('topics', 'reminders')).toBeChecked();
  await look('space-topics-unsaved');
  await steps.button('portal-space-topics-button').click();
  await expect(page.locator('main')).toContainText(say('portal-notice-topics-saved'));
  await expect(steps.field('topics', 'reminders')).toBeChecked();
});

test('everything held is handed out', async ({ page, steps }) => {
  const download = page.waitForEvent('download');
  await steps.link('portal-space-export-link').click();
  const file = await (await download).path();
  const held = JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
  for (const text of [steps.person.email, steps.person.last_name, '00000040600033', 'PasswordSet']) expect(held).toContain(text);
  expect(held).not.toContain('argon2id$');
});

test('the account is closed with its password, and is gone', async ({ page, steps, say, look }) => {
  const { email } = steps.person;
  await steps.link('portal-space-closing-link').click();
  await steps.at('portal-closing-title');
  await look('closing');
  await steps.button('portal-closing-button').click();
  await steps.refused('password');
  await steps.field('password').fill('violoncelle7');
  await steps.button('portal-closing-button').click();
  await steps.refused('password');
  await look('closing-wrong-password');
  await steps.field('password').fill(PASSWORD);
  await steps.button('portal-closing-button').click();
  await steps.at('portal-closed-title');
  await look('closed');
  await page.goto('/espace');
  await steps.at('portal-sign-in-title');
  await steps.signIn(email);
  await expect(page.locator('main .wrong')).toContainText(say('problem-sign-in-refused-detail'));
});
