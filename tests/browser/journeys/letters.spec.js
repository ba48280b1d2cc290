// The inbox for development, and every letter that the service writes, as a mail program shows it.
import { expect, test } from '../harness/test.js';
import { accessibilityFaults } from '../harness/axe.js';
import { mailTo } from '../harness/mailbox.js';
import { contact } from '../harness/people.js';
import { overflowing } from '../harness/reflow.js';

test('mails are listed, shown in both parts, and their link can be followed', async ({ page, steps, look }) => {
  const person = contact();
  await steps.start(person);
  const { subject } = await mailTo(person.email);
  await page.goto('/dev/mail');
  const mail = page.getByRole('listitem').filter({ hasText: person.email });
  await expect(mail).toHaveCount(1);
  await mail.getByRole('link', { name: subject }).click();
  await expect(page.locator('h1')).toHaveText(subject);
  await expect(page.frameLocator('iframe').locator('body')).toContainText(person.first_name);
  await look('dev-mail');
  await steps.link('portal-dev-mail-link').click();
  await steps.at('portal-password-title');
});

test('every letter reads in both parts, in both languages, at any width, and asks nobody for anything', async ({ page, javaScriptEnabled, look }) => {
  await page.goto('/dev/letters');
  await look('dev-letters');
  const links = page.locator('main li a');
  await page.setViewportSize({ width: 320, height: 640 });
  const letters = await links.evaluateAll((all) => all.map((link) => link.pathname));
  expect(letters.length).toBeGreaterThanOrEqual(10);
  for (const letter of letters) {
    await page.goto(letter);
    const text = await page.locator('pre').innerText();
    // As a mail program has it: the HTML alone, from nowhere.
    const html = await (await page.request.get(`${letter}/html`)).text();
    await page.goto('about:blank');
    await page.setContent(html);
    const [, language] = /(fr|en)-/.exec(letter);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    // Both parts give the same link.
    const [link] = /https?:\/\/\S+/.exec(text) ?? [];
    if (link) await expect(page.locator(`a[href="${link}"]`).first()).toBeVisible();
    await expect(page.locator('img:not([src^="data:"]), script, link, iframe, object')).toHaveCount(0);
    expect.soft(await overflowing(page), letter).toEqual([]);
    if (javaScriptEnabled) expect.soft((await accessibilityFaults(page)).violations, letter).toEqual([]);
    await look.picture(`letter-${letter.split('/').pop()}`);
  }
});
