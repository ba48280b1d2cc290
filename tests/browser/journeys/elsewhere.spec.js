// The pages as another organisation's: its name, its colours, its questions, from one file.
import { expect, test } from '../harness/test.js';

test.use({ baseURL: async ({}, use) => use(process.env.SITE_ELSEWHERE) });

test('another organisation has its own name, colours, questions and contact address', async ({ page, steps, language, look }) => {
  await page.goto('/');
  await expect(page).toHaveTitle(language === 'fr' ? /Espace adhérent$/ : /Member space$/);
  const button = steps.link('portal-sign-in-new-button');
  expect(await button.evaluate((it) => getComputedStyle(it).backgroundColor)).toBe('rgb(31, 78, 156)');
  await expect(page.locator('footer > a')).toHaveAttribute('href', 'https://opco.example/contact');
  await expect(page.locator('body')).not.toContainText('AKTO');
  await look('elsewhere-sign-in');
  await button.click();
  await steps.field('profile', 'tiers').check();
  await steps.next();
  await steps.refused('civility', 'last_name', 'first_name', 'email');
  await look('elsewhere-identity');
});
