// Pages as they are for those who need them narrow, large, spaced out or dark, and whether they keep their shape then
// (WCAG 1.4.4, 1.4.10, 1.4.12).

/** What is wider than the window, and text that is cut off. */
export function overflowing(page) {
  return page.evaluate(() => {
    const faults = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth - root.clientWidth} pixels too wide`);
    for (const it of document.querySelectorAll('body *')) {
      const style = getComputedStyle(it);
      const unseen = style.clipPath !== 'none' || style.visibility === 'hidden' || it.getClientRects().length === 0;
      // A table or a chart of many columns scrolls within itself, in a region that the keyboard reaches (WCAG 1.4.10).
      if (unseen || it.closest('.unseen, .skip, [role="region"][tabindex="0"]')) continue;
      const box = it.getBoundingClientRect();
      const name = `<${it.localName}> ${(it.textContent || it.name || '').trim().slice(0, 40)}`;
      if (box.right > root.clientWidth + 1 || box.left < -1) faults.push(`outside of the window: ${name}`);
      const cuts = style.overflowX !== 'visible' && !['input', 'select', 'textarea'].includes(it.localName);
      // Proposals scroll down within their list, as the keyboard moves along them.
      const scrolls = it.getAttribute('role') === 'listbox';
      if (cuts && (it.scrollWidth > it.clientWidth + 1 || (!scrolls && it.scrollHeight > it.clientHeight + 1))) faults.push(`cut off: ${name}`);
    }
    return faults;
  });
}

/** With a window of 320 by 256 pixels, which is 1280 by 1024 at 400 %. */
export const withCramped = (page, look) => within(page, { width: 320, height: 256 }, look);

/** With the window of a telephone. */
export const withNarrow = (page, look) => within(page, { width: 360, height: 740 }, look);

async function within(page, size, look) {
  const before = page.viewportSize();
  await page.setViewportSize(size);
  await look();
  await page.setViewportSize(before);
}

/** With a system set to dark. */
export async function withDarkness(page, look) {
  await page.emulateMedia({ colorScheme: 'dark' });
  await look();
  await page.emulateMedia({ colorScheme: 'light' });
}

/** With text twice as large in a window of the same size. */
export async function withLargeText(page, look) {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  await look();
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '';
  });
}

/** With the spacing that WCAG 1.4.12 names. */
export async function withSpacedText(page, look) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets = [sheet];
  });
  await look();
  await page.evaluate(() => {
    document.adoptedStyleSheets = [];
  });
}
