// What a page weighs on the wire the first time, everything that it loads included.

/** 30 KB: what a page may weigh. */
export const WEIGHT_MAX = 30 * 1024;

/** Bytes of the answers' bodies, as sent, of the page and all that it has loaded so far. */
export function weight(page) {
  return page.evaluate(() => {
    const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return loaded.reduce((sum, it) => sum + it.encodedBodySize, 0);
  });
}
