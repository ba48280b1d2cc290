// The other flow: the address is proven first, so that no start tells who is known.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, contact, newcomer } from '../harness/people.js';

const atThisDoor = (link) => link.replace(process.env.SITE, process.env.SITE_PRIVATE);

test.use({ baseURL: async ({}, use) => use(process.env.SITE_PRIVATE) });

test('a newcomer confirms the address, answers, and chooses a password without looking for the mail again', async ({ page, steps, look }) => {
  const person = newcomer();
  await steps.start(person);
  await steps.at('portal-thanks-title');
  await look('thanks-address-first');
  await page.goto(atThisDoor((await mailTo(person.email)).link));
  await steps.at('portal-confirm-title');
  await look('link-confirm');
  await steps.button('portal-confirm-button').click();
  await steps.chooseTopics('payments');
  await steps.giveSiret(ESTABLISHMENTS.member.siret);
  await steps.giveNumber(ESTABLISHMENTS.member.number);
  await steps.confirm();
  await steps.at('portal-password-title');
  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
});

test('a known contact is led straight to the password', async ({ page, steps }) => {
  const person = contact();
  await steps.start(person);
  await steps.at('portal-thanks-title');
  await page.goto(atThisDoor((await mailTo(person.email)).link));
  await steps.at('portal-password-title');
  await steps.choosePassword();
  await steps.signIn(person.email);
  await expect(page).toHaveURL(/\/espace$/);
});
