// What is said to those who listen, while they type.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, contact, newcomer } from '../harness/people.js';

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, 'scripts say it');

test('rules of the password are ticked and told as they are met', async ({ page, steps, say, look }) => {
  const person = contact();
  await steps.start(person);
  await page.goto((await mailTo(person.email)).link);
  const rules = page.locator('#rules li');
  const told = page.locator('#rules-told');
  await expect(rules).toHaveCount(3);
  await expect(told).toHaveText('');
  await expect(told).toHaveAttribute('role', 'status');

  await steps.field('password').pressSequentially('trombone');
  await expect(page.locator('#rules li.met')).toHaveCount(2);
  await expect(told).toContainText(say('portal-password-rules-left'));
  await expect(told).toContainText(say('portal-password-rule-digit'));
  await look('password-two-rules');
  await steps.field('password').pressSequentially('22');
  await expect(page.locator('#rules li.met')).toHaveCount(3);
  await expect(told).toHaveText(say('portal-password-rules-met'));

  // A rule is told by words too, never by its colour or mark alone.
  for (const rule of await rules.all()) await expect(rule).toContainText(say('portal-password-rule-met'));
  const same = page.locator('#same-told');
  await steps.field('confirmation').fill('tromb');
  await expect(same).toHaveText(say('portal-password-differs-yet'));
  await steps.field('confirmation').fill('trombone22');
  await expect(same).toHaveText(say('portal-password-same'));
  await look('password-all-rules');
});

test('a password can be pasted and looked at', async ({ page, steps, say, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const person = contact();
  await steps.start(person);
  await page.goto((await mailTo(person.email)).link);
  await page.evaluate(() => navigator.clipboard.writeText('tr0mbone22'));
  for (const name of ['password', 'confirmation']) {
    await steps.field(name).focus();
    await page.keyboard.press('ControlOrMeta+V');
    await expect(steps.field(name)).toHaveValue('tr0mbone22');
    await expect(steps.field(name)).toHaveAttribute('type', 'password');
    await expect(steps.field(name)).toHaveAttribute('autocomplete', 'new-password');
  }
  await page.getByLabel(say('portal-password-show')).check();
  await expect(steps.field('password')).toHaveAttribute('type', 'text');
  await page.getByLabel(say('portal-password-show')).uncheck();
  await expect(steps.field('password')).toHaveAttribute('type', 'password');
  await steps.button('portal-password-button').click();
  await steps.at('portal-sign-in-title');
});

test('agreements are proposed while one types, and chosen by keyboard', async ({ page, steps, say, look }) => {
  await steps.start(newcomer());
  await steps.chooseTopics();
  await steps.giveSiret(ESTABLISHMENTS.unknown.siret);
  await steps.at('portal-agreement-title');
  const field = page.getByRole('combobox', { name: say('portal-idcc') });
  const options = page.getByRole('option');
  const told = page.locator('#idcc-told');
  await field.pressSequentially('bureaux');
  await expect(options.first()).toBeVisible();
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  await expect(told).toContainText(String(await options.count()));
  await look('agreement-proposed');

  await page.keyboard.press('ArrowDown');
  const first = await options.first().getAttribute('id');
  await expect(field).toHaveAttribute('aria-activedescendant', first);
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await expect(field).toHaveValue('bureaux');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue(/^\d{4}$/);
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await expect(page.locator('#idcc-chosen')).toBeVisible();
  await look('agreement-chosen');
  await field.fill('zzzz');
  await expect(told).toHaveText(say('portal-idcc-list-none'));

  // A whole number is no question: it is told in words, and nothing stands over the buttons.
  await field.fill('1486');
  await expect(page.locator('#idcc-chosen')).toBeVisible();
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await steps.next();
  await steps.at('portal-review-title');
  await expect(page.locator('main')).toContainText('1486');
  await look('review-agreement');
});
