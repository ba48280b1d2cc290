// Leaving the form and coming back.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, newcomer } from '../harness/people.js';
import { Steps } from '../harness/steps.js';

let person;

test.beforeEach(async ({ page, steps, say }) => {
  person = newcomer();
  await steps.start(person);
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

test('this browser forgets the form, which goes on elsewhere from the mail', async ({ page, steps, say, look, browser, locale }) => {
  await steps.field('mail').check();
  await steps.button('portal-leave-button').click();
  await steps.at('portal-sign-in-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-reminder-sent'));
  await look('sign-in-reminder-sent');
  await page.goto('/inscription/etablissement');
  await steps.at('portal-identity-title');
  await expect(steps.field('email')).toHaveValue('');

  const { link } = await mailTo(person.email);
  await page.goto(link);
  await steps.at('portal-resume-title');
  await look('link-resume');
  const device = await browser.newContext({ locale });
  const other = new Steps(await device.newPage(), say);
  await other.page.goto(link);
  await other.button('portal-resume-button').click();
  await other.at('portal-establishment-title');
  await expect(other.page.locator('main')).toContainText(say('portal-notice-resumed'));
  await other.previous();
  await expect(other.field('topics', 'payments')).toBeChecked();
  await other.next();
  await other.giveSiret(ESTABLISHMENTS.member.siret);
  await other.at('portal-number-title');
  await device.close();
});

test('no mail is sent when none is wanted', async ({ page, steps, say, look }) => {
  await expect(steps.field('mail')).not.toBeChecked();
  await steps.button('portal-leave-button').click();
  await steps.at('portal-sign-in-title');
  await expect(page.locator('main')).toContainText(say('portal-notice-form-left'));
  await look('sign-in-form-left');
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
