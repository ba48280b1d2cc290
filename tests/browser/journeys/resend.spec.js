// Asking for the mail once more, which has a wait that can be seen.
import { expect, test } from '../harness/test.js';
import { mailTo, mailsTo } from '../harness/mailbox.js';
import { contact } from '../harness/people.js';

// The service that counts attempts.
test.use({ baseURL: async ({}, use) => use(process.env.SITE_STRICT) });

test('another mail may be asked for, and the next after a wait', async ({ page, steps, say, look, javaScriptEnabled }) => {
  if (javaScriptEnabled) await page.clock.install();
  const person = contact();
  await steps.start(person);
  await steps.at('portal-thanks-title');
  await mailTo(person.email);
  await steps.button('portal-thanks-resend').click();
  await expect(page.locator('main')).toContainText(say('portal-notice-mail-sent'));
  await mailTo(person.email, 1);
  const wait = page.locator('#wait');
  await expect(wait).toBeVisible();
  await look('thanks-wait');

  const resend = steps.button('portal-thanks-resend');
  if (javaScriptEnabled) {
    await expect(resend).toBeDisabled();
    await expect(wait).toHaveText(/0:\d\d/);
    await page.clock.fastForward('01:00');
    await expect(resend).toBeEnabled();
    await expect(wait).toHaveText(say('portal-thanks-wait-over'));
    await expect(wait).toHaveAttribute('role', 'status');
  }
  // Too early by the service's own clock: the page comes back, and no mail leaves.
  await resend.click();
  await steps.at('portal-thanks-title');
  await expect(wait).toBeVisible();
  await page.goto(mailsTo(person.email)[1].link);
  await steps.at('portal-password-title');
  expect(mailsTo(person.email)).toHaveLength(2);
});
