// What people see who set their system otherwise: forced colours, less motion, darkness, paper; and who speaks which language.
import { join } from 'node:path';
import { expect, test } from '../harness/test.js';
import { mailTo } from '../harness/mailbox.js';
import { ESTABLISHMENTS, contact, newcomer } from '../harness/people.js';
import { PICTURES, folder } from '../harness/places.js';

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, 'styles are the same for both: once is enough');

const picture = (kind, name) => join(folder(join(PICTURES, kind)), `${name}.png`);

test('forced colours leave every edge, every mark and the progress in sight', async ({ page, steps }) => {
  const seen = async (name) => {
    // Chromium forgets half of it on the way to another page.
    await page.emulateMedia({ forcedColors: 'none' });
    await page.emulateMedia({ forcedColors: 'active' });
    await page.screenshot({ path: picture('forced-colours', name), fullPage: true });
    const bare = await page.evaluate(() => {
      const edged = (it) => {
        const style = getComputedStyle(it);
        return ['Top', 'Right', 'Bottom', 'Left'].every((side) => style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) > 0);
      };
      const fields = [...document.querySelectorAll('main button:not(.link), main .button, main input:not([type=hidden], [type=radio], [type=checkbox])')];
      return fields.filter((it) => it.getClientRects().length > 0 && !it.matches('.unseen') && !edged(it)).map((it) => it.outerHTML.slice(0, 80));
    });
    expect.soft(bare, `${name}: without an edge`).toEqual([]);
  };
  await page.goto('/');
  await seen('sign-in');
  await page.goto('/inscription');
  await steps.next();
  await steps.refused('profile', 'civility', 'last_name', 'first_name', 'email');
  await seen('identity-empty');
  await steps.fillIdentity(newcomer());
  await steps.next();
  await steps.at('portal-topics-title');
  await seen('topics');
  // Progress is told by colour and by words; without colours of ours, steps done still differ from steps to come.
  const colours = await page.locator('.bar > *').evaluateAll((all) => all.map((it) => getComputedStyle(it).backgroundColor));
  expect(new Set(colours).size).toBeGreaterThan(1);
  await steps.chooseTopics();
  await steps.giveSiret(ESTABLISHMENTS.unknown.siret);
  await steps.at('portal-agreement-title');
  await seen('agreement');
});

test('less motion is heeded', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const path of ['/', '/inscription', '/mot-de-passe-oublie']) {
    await page.goto(path);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')].filter((it) => {
        const style = getComputedStyle(it);
        const lasting = (times) => times.split(',').some((time) => parseFloat(time) > 0.01);
        return lasting(style.transitionDuration) || (style.animationName !== 'none' && lasting(style.animationDuration)) || style.scrollBehavior === 'smooth';
      }).map((it) => it.outerHTML.slice(0, 60)),
    );
    expect(moving).toEqual([]);
  }
});

test('dark and light are truly different, and both are declared', async ({ page }) => {
  await page.goto('/');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ground()).not.toBe(light);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light dark');
});

test('a page is printed without what paper cannot do', async ({ page, steps }) => {
  const person = contact();
  await steps.start(person);
  await steps.at('portal-thanks-title');
  await page.emulateMedia({ media: 'print' });
  await page.screenshot({ path: picture('print', 'thanks'), fullPage: true });
  await expect(page.locator('main')).toContainText(person.email);
  await expect(steps.button('portal-thanks-finish')).toBeHidden();
});

test('without styles the page reads in its order', async ({ page, say }) => {
  await page.route('**/*.css*', (route) => route.fulfill({ contentType: 'text/css', body: '' }));
  await page.goto('/inscription');
  const text = await page.locator('body').innerText();
  const order = ['portal-skip', 'portal-identity-title', 'portal-last-name', 'portal-first-name', 'portal-email', 'portal-next'].map((key) => text.indexOf(say(key)));
  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(order[0]).toBeGreaterThanOrEqual(0);
});

test('the other language is one link away on the same page, and stays', async ({ page, steps, language }) => {
  const other = language === 'fr' ? 'en' : 'fr';
  await page.goto('/mot-de-passe-oublie');
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  const link = page.locator(`header a[hreflang="${other}"], header a[lang="${other}"], header button[lang="${other}"]`).first();
  await expect(link).toHaveAttribute('lang', other);
  await link.click();
  await expect(page.locator('html')).toHaveAttribute('lang', other);
  await expect(page).toHaveURL(/\/mot-de-passe-oublie/);
  await page.goto('/inscription');
  await expect(page.locator('html')).toHaveAttribute('lang', other);
});
