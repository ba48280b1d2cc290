// What a page's examiner would ask that runs without a network: headers, caches, sizes, shifts, names of things.
import { expect, test } from '../harness/test.js';
import { newcomer } from '../harness/people.js';

test.skip(({ javaScriptEnabled }) => javaScriptEnabled === false, 'headers are the same for both: once is enough');

const PAGES = ['/', '/inscription', '/mot-de-passe-oublie', '/verify/none', '/nothing-here'];

test('pages are never stored; what they load is kept for a year under an address of its own', async ({ page }) => {
  const loaded = new Map();
  page.on('response', (answer) => loaded.set(answer.url(), answer));
  for (const path of PAGES) {
    const answer = await page.goto(path);
    const headers = answer.headers();
    expect(headers['cache-control'], path).toContain('no-store');
    expect(headers['content-type'], path).toBe('text/html; charset=utf-8');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
    expect(headers['referrer-policy'], path).toBe('no-referrer');
    const policy = headers['content-security-policy'];
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toContain('unsafe');
  }
  const assets = [...loaded.values()].filter((answer) => !answer.headers()['content-type']?.startsWith('text/html'));
  expect(assets.length).toBeGreaterThan(0);
  for (const asset of assets) {
    const headers = asset.headers();
    expect(headers['cache-control'], asset.url()).toMatch(/max-age=31536000.*immutable|immutable.*max-age=31536000/);
    expect(asset.url(), 'an address that changes with the content').toMatch(/[?&]v=|[.-][0-9a-f]{8,}\./);
  }
});

test('pages describe themselves to browsers and searches', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('head meta[name="description"]')).toHaveAttribute('content', /\S.{20,}/);
  const icon = page.locator('head link[rel="icon"]');
  await expect(icon).toHaveCount(1);
  const answer = await page.request.get(await icon.getAttribute('href'));
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toMatch(/^image\//);
});

test('nothing moves while a page comes up', async ({ page, steps }) => {
  await page.addInitScript(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.shifts += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  for (const path of PAGES) {
    await page.goto(path);
    expect(await page.evaluate(() => globalThis.shifts), path).toBeLessThan(0.02);
  }
  await steps.start(newcomer());
  expect(await page.evaluate(() => globalThis.shifts)).toBeLessThan(0.02);
});

test('buttons and links are large enough for a finger', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of PAGES) {
    await page.goto(path);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, .button, input:not([type=hidden]), header a, footer a')]
        .filter((it) => it.getClientRects().length > 0 && !it.matches('.unseen, .skip'))
        .filter((it) => Math.min(it.getBoundingClientRect().width, it.getBoundingClientRect().height) < 24 && !it.labels?.length)
        .map((it) => it.outerHTML.slice(0, 80)),
    );
    expect(small, path).toEqual([]);
  }
});
