// Addresses where nothing is, methods that they do not take, and forms that other sites send: pages too.
import { expect, test } from '../harness/test.js';

test('an unknown address', async ({ page, say, look }) => {
  const answer = await page.goto('/nothing-here');
  expect(answer.status()).toBe(404);
  await expect(page.locator('h1')).toHaveText(say('portal-trouble-not-found-title'));
  await look('not-found');
});

test('an address that only takes forms', async ({ page, look }) => {
  const answer = await page.goto('/deconnexion');
  expect(answer.status()).toBe(405);
  await look('method-not-allowed');
});

test('a form that another site sends', async ({ page, say, look }) => {
  await page.setContent(`<form method="post" action="${process.env.SITE}/inscription"><button>x</button></form>`);
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.getByRole('button').click();
  expect((await answered).status()).toBe(403);
  await expect(page.locator('h1')).toHaveText(say('portal-trouble-other-site-title'));
  await look('other-site');
});

test('a form that is too long', async ({ page, steps, look }) => {
  await page.goto('/');
  await steps.field('email').fill(`${'x'.repeat(20_000)}@example.org`);
  await steps.field('password').fill('x');
  await steps.button('portal-sign-in-button').click();
  await expect(page.locator('main h1')).toBeVisible();
  await look('too-long');
});

test('too many forms from one network', async ({ page, steps, request, look }) => {
  const path = `${process.env.SITE_STRICT}/mot-de-passe-oublie`;
  let status;
  do status = (await request.post(path, { form: { email: '' } })).status();
  while (status === 422);
  expect(status).toBe(429);
  await page.goto(path);
  await steps.field('email').fill('somebody@example.org');
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await steps.button('portal-forgotten-button').click();
  const answer = await answered;
  expect(answer.status()).toBe(429);
  expect(Number(answer.headers()['retry-after'])).toBeGreaterThan(0);
  await look('too-many-forms');
});
