// Where the focus is, and what the keyboard alone can do.
import { expect, test } from '../harness/test.js';
import { keyboard } from '../harness/keyboard.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, PASSWORD, contact, newcomer } from '../harness/people.js';

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, 'the same for both: once is enough');

test('focus moves to what is wrong, and from there to the field', async ({ page, steps }) => {
  await page.goto('/inscription');
  await steps.next();
  await steps.refused('profile', 'civility', 'last_name', 'first_name', 'email');
  const focused = page.locator(':focus');
  await expect(focused).toHaveClass(/wrong/);
  await page.keyboard.press('Tab');
  await expect(focused).toHaveAttribute('href', '#profile');
  await page.locator('main .wrong a[href="#email"]').press('Enter');
  await expect(focused).toHaveAttribute('name', 'email');
  await expect(focused).toBeInViewport();
});

test('the first Tab offers the way to the content', async ({ page, say }) => {
  for (const path of ['/', '/inscription', '/nothing-here']) {
    await page.goto(path);
    await page.keyboard.press('Tab');
    await expect(page.locator(':focus')).toHaveText(say('portal-skip'));
    await expect(page.locator(':focus')).toBeInViewport();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#content$/);
  }
});

test('a newcomer registers and signs in by keyboard alone', async ({ page, say }) => {
  const keys = keyboard(page, say);
  const person = newcomer();
  await page.goto('/');
  await keys.press('portal-sign-in-new-button');
  await keys.choose('profile', person.profile);
  await keys.choose('civility', person.civility);
  await keys.type('last_name', person.last_name);
  await keys.type('first_name', person.first_name);
  await keys.type('email', person.email);
  await keys.press('portal-next');
  await keys.check('topics', 'payments');
  await keys.press('portal-next');
  // Enter in a field sends the form on, as "next" does, and never back.
  await keys.type('siret', ESTABLISHMENTS.member.siret);
  await keys.enter();
  await keys.type('number', ESTABLISHMENTS.member.number);
  await keys.enter();
  await keys.press('portal-review-button');
  await keys.press('portal-thanks-finish');

  await page.goto((await mailTo(person.email)).link);
  await keys.type('password', PASSWORD);
  await keys.type('confirmation', PASSWORD);
  await keys.press('portal-password-button');
  await keys.type('email', person.email);
  await keys.type('password', PASSWORD);
  await keys.enter();
  await expect(page).toHaveURL(/\/espace$/);
  await keys.press('portal-space-sign-out');
  await expect(page).toHaveURL(/\/\?notice=signed-out$/);
});

test('a contact registers by keyboard alone', async ({ page, say }) => {
  const keys = keyboard(page, say);
  const person = contact();
  await page.goto('/inscription');
  await keys.choose('profile', person.profile);
  await keys.choose('civility', person.civility);
  await keys.type('last_name', person.last_name);
  await keys.type('first_name', person.first_name);
  await keys.type('email', person.email);
  await keys.enter();
  await expect(page).toHaveURL(/\/inscription\/merci$/);
});
