// Choosing a password: every rule, the confirmation, and the other policy.
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { PASSWORD, contact } from '../harness/people.js';

const REFUSED = {
  'too short': 'tr0mb',
  'without a digit': 'trombones',
  'without a letter': '84736251900',
  common: 'password1',
  'the own name': 'Exemplard2026',
  'too long': `1${'é'.repeat(300)}`,
};

test('each rule is named when it is not met, and two different passwords are told apart', async ({ page, steps, look }) => {
  const person = contact();
  await steps.start(person);
  await page.goto((await mailTo(person.email)).link);
  await steps.button('portal-password-button').click();
  await steps.refused('password');
  await look('password-empty');
  for (const [why, password] of Object.entries(REFUSED)) {
    await test.step(why, async () => {
      await steps.choosePassword(password);
      await steps.refused('password');
    });
  }
  await steps.choosePassword('abc');
  await steps.refused('password');
  await look('password-refused');
  await steps.choosePassword(person.email);
  await steps.refused('password');

  await steps.choosePassword(PASSWORD, `${PASSWORD}3`);
  await steps.refused('confirmation');
  await look('password-differs');
  // Passwords are never sent back.
  await expect(steps.field('password')).toHaveValue('');

  await steps.choosePassword();
  await steps.at('portal-sign-in-title');
});

test('the policy of twelve characters asks for no digit', async ({ page, steps, look }) => {
  const person = contact();
  await steps.start(person);
  const { link } = await mailTo(person.email);
  await page.goto(link.replace(process.env.SITE, process.env.SITE_CNIL));
  await expect(page.locator('main')).toContainText('12');
  await look('password-twelve');
  await steps.choosePassword('tr0mbone22');
  await steps.refused('password');
  await steps.choosePassword('un trombone par jour');
  await steps.at('portal-sign-in-title');
});
