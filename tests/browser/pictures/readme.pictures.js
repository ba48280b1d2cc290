// What a person sees, page by page: `docs/pictures/*.png`.
import { join } from 'node:path';
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, newcomer } from '../harness/people.js';
import { ROOT } from '../harness/places.js';
import { eventually } from '../harness/eventually.js';

const WIDE = { width: 940, height: 780 };
const NARROW = { width: 360, height: 720 };
const CAMILLE = { ...newcomer(), profile: 'generaliste', email: 'camille.exemplard@example.org' };

test('the pictures of the README', async ({ page, steps, say }) => {
  const take = async (name, size, scheme = 'light') => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize(size);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(ROOT, 'docs/pictures', `${name}.png`), animations: 'disabled', caret: 'hide' });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(WIDE);
  };

  await page.goto('/');
  await take('sign-in', { ...WIDE, height: 600 });
  await page.goto('/inscription');
  await steps.fillIdentity({ ...CAMILLE, email: 'camille.exemplard' });
  await steps.next();
  await steps.refused('email');
  await take('what-is-wrong', NARROW);
  await steps.field('email').fill(CAMILLE.email);
  await steps.next();
  await steps.chooseTopics('payments', 'reminders');
  await steps.giveSiret(ESTABLISHMENTS.unknown.siret);
  await steps.at('portal-agreement-title');
  await steps.field('idcc').pressSequentially('restaur');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await take('agreement', WIDE);
  await page.keyboard.press('Escape');
  await steps.previous();
  await steps.giveSiret(ESTABLISHMENTS.member.siret);
  await steps.giveNumber(ESTABLISHMENTS.member.number);
  await steps.at('portal-review-title');
  await take('review', NARROW);
  await steps.confirm();
  await steps.at('portal-thanks-title');
  await page.goto((await mailTo(CAMILLE.email)).link);
  await steps.field('password').pressSequentially('trombone');
  await eventually('two rules are met', async () => (await page.locator('#rules .met').count()) === 2);
  await take('password', NARROW, 'dark');
  await steps.choosePassword();
  await steps.signIn(CAMILLE.email);
  await expect(page.locator('h1')).toHaveText(say('portal-space-welcome', { name: 'Camille Exemplard' }));
  await take('space', { ...WIDE, height: 600 });
});
