// "Si vous aviez un compte": a contact of the organisation, whose address is known.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { PASSWORD, contact } from '../harness/people.js';

test('a known contact gives a name and an address, follows the link, and finds every establishment', async ({ page, steps, look }) => {
  const person = contact();
  await page.goto('/');
  await look('sign-in');
  await steps.link('portal-sign-in-new-button').click();
  await steps.at('portal-identity-title');
  await look('identity');
  await steps.fillIdentity(person);
  await steps.next();

  await steps.at('portal-thanks-title');
  await expect(page.locator('main')).toContainText(person.email);
  await look('thanks');
  await steps.button('portal-thanks-finish').click();
  await steps.at('portal-sign-in-awaited-title');
  await look('sign-in-awaited');

  const { link } = await mailTo(person.email);
  await page.goto(link);
  await steps.at('portal-password-title');
  await expect(page.locator('main')).toContainText(person.email);
  await look('password');
  await steps.choosePassword();

  await steps.at('portal-sign-in-title');
  await expect(steps.field('email')).toHaveValue(person.email);
  await look('sign-in-password-set');
  await steps.signIn(person.email, PASSWORD);
  await expect(page).toHaveURL(/\/espace$/);
  await expect(page.locator('main')).toContainText('HOTEL DE LA DEMONSTRATION - SITE 3');
  await look('space-three-establishments');
});
