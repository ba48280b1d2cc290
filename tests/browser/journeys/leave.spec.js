// Leaving the form and coming back.
import { expect, test } from '../harness/test.js';
import { newcomer } from '../harness/people.js';

test.beforeEach(async ({ page, steps, say }) => {
  await steps.start(newcomer());
  await steps.chooseTopics('payments');
  await steps.at('portal-establishment-title');
  await page.getByRole('link', { name: say('portal-leave-link') }).click();
  await steps.at('portal-leave-title');
});

test('one who leaves is told what is kept, and may change their mind', async ({ page, steps, look }) => {
  await expect(page.locator('main')).toContainText('30');
  await look('leave');
  await steps.link('portal-leave-stay').click();
  await steps.at('portal-establishment-title');
});

test('this browser forgets the form', async ({ page, steps, say, look }) => {
  await steps.button('portal-leave-button').click();
  await steps.at('portal-sign-in-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-form-left'));
  await look('sign-in-form-left');
  await page.goto('/inscription/etablissement');
  await steps.at('portal-identity-title');
  await expect(steps.field('email')).toHaveValue('');
});

test('or keeps it, and offers to go on', async ({ page, steps, look }) => {
  await steps.field('keep').check();
  await steps.button('portal-leave-button').click();
  await steps.at('portal-sign-in-title');
  await look('sign-in-unfinished');
  await steps.link('portal-sign-in-unfinished-link').click();
  await steps.at('portal-establishment-title');
  await page.goto('/inscription');
  await steps.button('portal-identity-restart').click();
  await steps.at('portal-identity-title');
  await expect(steps.field('email')).toHaveValue('');
});
