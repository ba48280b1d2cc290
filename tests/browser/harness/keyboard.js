// A person without a mouse: Tab until the thing has the focus, which must be seen each time, then type or press.
import { expect } from '@playwright/test';

// More stops than any page has.
const TABS_MAX = 60;

export function keyboard(page, say) {
  const focused = page.locator(':focus');

  /** Tabs on until the focus is on what `is` accepts. Each stop on the way shows that it has the focus. */
  async function reach(what, is) {
    await page.waitForLoadState('load');
    for (let tab = 0; tab < TABS_MAX; tab += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(stopUnderFocus);
      if (stop === null) continue;
      expect(stop.shown, `the focus is seen on ${stop.name}`).toBe(true);
      if (is(stop)) return;
    }
    throw new Error(`no Tab leads to ${what}`);
  }

  /** Presses Enter, which leads to another page. */
  async function enter() {
    const address = page.url();
    await page.keyboard.press('Enter');
    await expect(page).not.toHaveURL(address);
  }

  return {
    enter,
    async press(key) {
      const text = say(key);
      await reach(text, (stop) => stop.text === text);
      await enter();
    },
    async type(name, text) {
      await reach(name, (stop) => stop.name === name);
      await page.keyboard.type(text);
    },
    /** One of several answers: Tab comes to the first, Space takes it, arrows go on to the others. */
    async choose(name, code) {
      await reach(name, (stop) => stop.name === name);
      await page.keyboard.press('Space');
      while ((await focused.getAttribute('value')) !== code) await page.keyboard.press('ArrowDown');
      await expect(focused).toBeChecked();
    },
    async check(name, code) {
      await reach(`${name} ${code}`, (stop) => stop.name === name && stop.value === code);
      await page.keyboard.press('Space');
      await expect(focused).toBeChecked();
    },
  };
}

/** What has the focus, and whether a person sees that: an outline, in the window, not under anything else. */
function stopUnderFocus() {
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const style = getComputedStyle(it);
  const box = it.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const middle = document.elementFromPoint((box.left + box.right) / 2, Math.min(Math.max((box.top + box.bottom) / 2, 0), innerHeight - 1));
  const uncovered = middle !== null && (it.contains(middle) || middle.contains(it));
  return { name: it.name ?? '', value: it.value ?? '', text: it.textContent.trim(), shown: inside && outlined && uncovered };
}
