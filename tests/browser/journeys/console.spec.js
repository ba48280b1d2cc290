// The console, as its three roles see it.
import { expect, test } from '../harness/test.js';
import { contact, newcomer } from '../harness/people.js';
import { words } from '../harness/words.js';

const STAFF = () => JSON.parse(process.env.STAFF);

async function enter(page, who, purpose = 'the yearly inspection') {
  await page.goto('/console');
  await page.locator('#name').fill(who.name);
  await page.locator('#secret').fill(who.secret);
  await page.locator('#purpose').fill(purpose);
  await page.locator('form.sign-in button').click();
}

test('whoever has no name, secret or purpose is told what is missing', async ({ page, look }) => {
  await page.goto('/console/funnel');
  await expect(page).toHaveURL(/\/console\/sign-in$/);
  await look('console-sign-in');
  await enter(page, { name: 'stranger', secret: 'guessed' }, 'about eve at example');
  await expect(page.getByRole('alert').locator('li')).toHaveCount(1);
  await enter(page, STAFF().officer, 'eve@example.org');
  await expect(page.locator('#purpose')).toHaveAttribute('aria-invalid', 'true');
  await look('console-sign-in-refused');
});

test('a privacy officer sees the log, the funnel, the mails, a registration, and who looked', async ({ page, steps, look, language }) => {
  const person = newcomer();
  await steps.start(person);
  const say = (key) => words(language, key);
  await enter(page, STAFF().officer);
  await expect(page.locator('h1')).toHaveText(say('console-overview'));
  await expect(page.locator('header')).toContainText('the yearly inspection');
  await page.locator('section:has(#health) summary').click();
  await look('console-overview');
  for (const name of ['funnel', 'mails']) {
    await page.getByRole('navigation').getByRole('link', { name: say(`console-${name}`) }).click();
    await expect(page.locator('h1')).toHaveText(say(`console-${name}`));
    // Each chart has its numbers in a table beside it.
    const sections = page.locator('section:has(svg)');
    for (const section of await sections.all()) await expect(section.locator('table')).toHaveCount(1);
    await look(`console-${name}`);
  }
  await page.getByRole('navigation').getByRole('link', { name: say('console-search-title') }).click();
  await look('console-registrations');
  await page.locator('#stage').selectOption('awaiting_topics');
  await page.locator('#day').fill('2020-01-01');
  await page.locator('form.days button').click();
  await expect(page.locator('#stage')).toHaveValue('awaiting_topics');
  await expect(page.locator('section:has(#found)')).toContainText(say('console-nothing-found'));
  await look('console-registrations-none');
  await page.locator('#sought').fill('neither this nor that');
  await page.locator('form.search button').click();
  await expect(page.locator('#sought')).toHaveAttribute('aria-invalid', 'true');
  await look('console-search-refused');
  await page.goto('/console/registrations');
  // Another test may have erased its registration meanwhile: that one cannot be held.
  const erased = say('console-stage-erased');
  await page.locator('tbody tr').filter({ hasNotText: erased }).locator('a').first().click();
  await expect(page.locator('.timeline li').first()).toBeVisible();
  await page.locator('summary').first().click();
  await look('console-registration');
  await page.locator('#hold').fill('a court at example@org');
  await page.locator('form:has(#hold) button').click();
  await expect(page.locator('#hold')).toHaveAttribute('aria-invalid', 'true');
  await look('console-registration-refused');
  await page.locator('#hold').fill('the order of a court');
  await page.locator('form:has(#hold) button').click();
  await expect(page.locator('#acts + p')).toHaveText(say('console-is-held'));
  await page.getByRole('navigation').getByRole('link', { name: say('console-erasures') }).click();
  await expect(page.locator('section:has(#holds)')).toContainText('the order of a court');
  await look('console-erasures');
  await page.getByRole('navigation').getByRole('link', { name: say('console-accesses') }).click();
  await expect(page.locator('tbody tr').first()).toContainText('staff:officer');
  await look('console-accesses');
  await page.getByRole('navigation').getByRole('link', { name: say('console-settings') }).click();
  await expect(page.locator('tbody')).toContainText('public_url');
  await look('console-settings');
});

test('an operator sees who receives the feed, and one of them', async ({ page, look, language }) => {
  await enter(page, STAFF().operator);
  await page.getByRole('navigation').getByRole('link', { name: words(language, 'console-subscribers') }).click();
  await expect(page.locator('h1')).toHaveText(words(language, 'console-subscribers'));
  await look('console-subscribers');
  await page.getByRole('link', { name: 'bureau' }).click();
  await expect(page.locator('h1')).toHaveText('bureau');
  await expect(page.locator('section:has(#parked)')).toContainText(words(language, 'console-nothing-parked'));
  await look('console-subscriber');
});

test('an operator has a mail sent again that a registration waits for', async ({ page, steps, look, language }) => {
  const person = contact();
  await steps.start(person);
  await enter(page, STAFF().operator);
  await page.locator('nav').getByRole('link', { name: words(language, 'console-search-title') }).click();
  await page.locator('#sought').fill(person.email);
  await page.locator('form.search button').click();
  await page.locator('tbody a').first().click();
  await look('console-registration-operator');
  await page.locator('#resend').click();
  await expect(page.locator('.timeline')).toBeVisible();
});

test('an operator does not see who looked, and is out after signing out', async ({ page, look, language }) => {
  await enter(page, STAFF().operator);
  await expect(page.getByRole('link', { name: words(language, 'console-accesses') })).toHaveCount(0);
  await page.goto('/console/accesses');
  await look('console-other-role');
  await page.goto('/console/registrations/00000000-0000-7000-8000-000000000000');
  await expect(page.locator('h1')).toHaveText(words(language, 'console-not-found'));
  await page.getByRole('button', { name: words(language, 'console-sign-out') }).click();
  await page.goto('/console');
  await expect(page).toHaveURL(/\/console\/sign-in$/);
});
