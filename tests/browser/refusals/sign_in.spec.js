// Signing in: what is missing, what is wrong, and too often.
import { expect, test } from '../harness/test.js';
import { newcomer } from '../harness/people.js';

/** Failed sign-ins that one address may have in five minutes. */
const FAILURES_MAX = 10;

test('what is missing is named', async ({ page, steps, look }) => {
  await page.goto('/');
  await steps.button('portal-sign-in-button').click();
  await steps.refused('email', 'password');
  await look('sign-in-empty');
});

test('an unknown address and a wrong password read the same, and too many have to wait', async ({ page, steps, say, look }) => {
  await page.goto(process.env.SITE_STRICT);
  const { email } = newcomer();
  for (let failed = 0; failed < FAILURES_MAX; failed += 1) {
    await steps.signIn(email, 'tr0mbone22');
    await expect(page.locator('main .wrong')).toContainText(say('problem-sign-in-refused-detail'));
  }
  await expect(steps.field('email')).toHaveValue(email);
  await expect(steps.field('password')).toHaveValue('');
  await look('sign-in-refused');
  await steps.signIn(email, 'tr0mbone22');
  await expect(page.locator('main .wrong')).toContainText('5');
  await look('sign-in-too-many');
});
