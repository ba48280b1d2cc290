// Step 1: every bad field, all of them at once, and what was typed kept.
import { expect, test } from '../harness/test.js';
import { newcomer } from '../harness/people.js';

test.beforeEach(async ({ page }) => {
  await page.goto('/inscription');
});

test('an empty form names every field', async ({ steps, look }) => {
  await steps.next();
  await steps.refused('profile', 'civility', 'last_name', 'first_name', 'email');
  await look('identity-empty');
});

const BAD = {
  last_name: ['x'.repeat(101), 'Exemplard <b>', 'www.exemple.org', '12', '‮Exemplard'],
  first_name: ['', '   ', '@'],
  email: ['camille', 'camille@', 'camille@exemple', '@example.org', 'camille@exam ple.org', 'cam ille@example.org', 'a@b@example.org', `${'x'.repeat(300)}@example.org`],
};

for (const [field, values] of Object.entries(BAD)) {
  test(`a bad ${field} is refused and the rest kept`, async ({ steps }) => {
    const person = newcomer();
    await steps.fillIdentity(person);
    for (const value of values) {
      await test.step(JSON.stringify(value), async () => {
        await steps.field(field).fill(value);
        await steps.next();
        await steps.refused(field);
        await expect(steps.field(field)).toHaveValue(value);
        await expect(steps.field('profile', person.profile)).toBeChecked();
        await expect(steps.field('civility', person.civility)).toBeChecked();
        for (const other of ['last_name', 'first_name', 'email'].filter((it) => it !== field)) {
          await expect(steps.field(other)).toHaveValue(person[other]);
        }
      });
    }
    await steps.field(field).fill(person[field]);
    await steps.next();
    await steps.at('portal-topics-title');
  });
}

test('what was typed is shown as text', async ({ page, steps, look }) => {
  const markup = '"><script>document.title="taken"</script><b>';
  await steps.field('last_name').fill(markup);
  await steps.next();
  await steps.refused('profile', 'civility', 'last_name', 'first_name', 'email');
  await expect(steps.field('last_name')).toHaveValue(markup);
  await expect(page.locator('main b')).toHaveCount(0);
  await look('identity-markup');
});
