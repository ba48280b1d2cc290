// Links that lead nowhere any more: each says why, and which way is open.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { contact, newcomer } from '../harness/people.js';

const tomorrow = (link) => link.replace(process.env.SITE, process.env.SITE_TOMORROW);

test('a link that this service never made', async ({ page, steps, say, look }) => {
  await page.goto('/verify/AZk3-miscopied');
  await expect(page.locator('h1')).toHaveText(say('problem-link-invalid-title'));
  await look('link-unknown');
  await steps.link('portal-link-sign-in').click();
  await steps.at('portal-sign-in-title');
});

test('a link that has served', async ({ page, steps, say, look }) => {
  const person = contact();
  await steps.start(person);
  const link = await steps.followLink(person.email);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
  await page.goto(link);
  await expect(page.locator('h1')).toHaveText(say('portal-link-used-title'));
  await look('link-used');
});

test('a link that a newer one replaced', async ({ page, steps, say, look }) => {
  const person = contact();
  await steps.start(person);
  await steps.at('portal-thanks-title');
  const { link } = await mailTo(person.email);
  await steps.button('portal-thanks-resend').click();
  await mailTo(person.email, 1);
  await look('thanks-resent');
  await page.goto(link);
  await expect(page.locator('h1')).toHaveText(say('portal-link-replaced-title'));
  await look('link-replaced');
});

test('a link whose day is over asks for another one', async ({ page, steps, say, look }) => {
  const person = contact();
  await steps.start(person);
  const { link } = await mailTo(person.email);
  await page.goto(tomorrow(link));
  await expect(page.locator('h1')).toHaveText(say('problem-link-expired-title'));
  await look('link-expired');
  await steps.button('portal-link-new').click();
  await expect(page.locator('[role="status"]').first()).toBeVisible();
  await look('link-expired-asked');
  await page.goto((await mailTo(person.email, 1)).link);
  await steps.at('portal-password-title');
});

test('a link to change a password whose hour is over leads to asking for another', async ({ page, steps, say, look }) => {
  const person = contact();
  await steps.start(person);
  await steps.followLink(person.email);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
  await mailTo(person.email, 1);
  await steps.link('portal-sign-in-forgotten').click();
  await steps.field('email').fill(person.email);
  await steps.button('portal-forgotten-button').click();
  await steps.at('portal-forgotten-sent-title');
  await page.goto(tomorrow((await mailTo(person.email, 2)).link));
  await expect(page.locator('h1')).toHaveText(say('problem-link-expired-title'));
  await look('link-expired-change');
  await steps.link('portal-link-new').click();
  await steps.at('portal-forgotten-title');
});

test('an address that became an account by another registration', async ({ page, steps, say, look }) => {
  const person = contact();
  await steps.start(person);
  const first = await mailTo(person.email);
  await page.context().clearCookies();
  await steps.start(person);
  const second = await mailTo(person.email, 1);
  await page.goto(second.link);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
  await page.goto(first.link);
  await expect(page.locator('h1')).toHaveText(say('problem-account-exists-title'));
  await look('link-account-exists');
  await steps.link('portal-link-sign-in').click();
  await steps.signIn(person.email);
  await expect(page).toHaveURL(/\/espace$/);
});

test('an address that has an account looks like any other, and the mail says so', async ({ page, steps }) => {
  const person = contact();
  await steps.start(person);
  await steps.followLink(person.email);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
  // The link, then the word that a password was set.
  await mailTo(person.email, 1);

  await steps.start(person);
  await steps.at('portal-thanks-title');
  await page.goto((await mailTo(person.email, 2)).link);
  await steps.at('portal-sign-in-title');
  await steps.signIn(person.email);
  await expect(page).toHaveURL(/\/espace$/);
});

test('a machine that opens links before the person leaves no trace', async ({ page, steps, request }) => {
  const person = newcomer();
  await steps.newcomerToThanks(person);
  const { link } = await mailTo(person.email);
  for (const method of ['HEAD', 'GET', 'GET', 'HEAD']) {
    const answer = await request.fetch(link, { method, headers: { 'user-agent': 'scanner' } });
    expect(answer.status()).toBe(200);
  }
  await page.goto(link);
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
});
