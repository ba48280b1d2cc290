// The test that all others use: a visitor with a language, and a browser that reports what no page may do.
import { test as base, expect } from '@playwright/test';
import { look, picture } from './look.js';
import { Steps } from './steps.js';
import { words } from './words.js';

export { expect };

export const test = base.extend({
  baseURL: async ({}, use) => use(process.env.SITE),

  /** The visitor's language. */
  language: async ({ locale }, use) => use(locale.slice(0, 2)),

  /** Whether this visitor looks at each page narrow, large, spaced out and dark as well. */
  thorough: [false, { option: true }],

  /** Says a sentence in the visitor's language. */
  say: async ({ language }, use) => use((key, args) => words(language, key, args)),

  /** What a person does on the pages. */
  steps: async ({ page, say }, use) => use(new Steps(page, say)),

  /** Examines the page as it stands, and takes its picture under this name; `look.picture` does the latter alone. */
  look: async ({ page, language, javaScriptEnabled, thorough }, use, { project }) => {
    const visitor = project.name;
    const both = (name) => look(page, name, { visitor, language, scripts: javaScriptEnabled, thorough });
    await use(Object.assign(both, { picture: (name) => picture(page, visitor, name) }));
  },

  // Every page of every test is watched: it asks nobody else for anything, and nothing on it is refused or fails.
  context: async ({ context }, use) => {
    const faults = [];
    watch(context, faults);
    await use(context);
    expect(faults).toEqual([]);
  },
});

// Chromium writes each answer with a status of 400 or above to the console: refusals are pages here, and expected. And our
// own looking into the frame of a mail, which may run nothing, is blocked as anybody's would be.
const EXPECTED = [/^Failed to load resource: the server responded with a status of 4\d\d/, /^Blocked script execution in '[^']*\/dev\/[^']*'/];

function watch(context, faults) {
  const ours = new Set(Object.entries(process.env).filter(([name]) => /^SITE(_|$)/.test(name)).map(([, url]) => url));
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && !ours.has(origin)) faults.push(`a request to another site: ${request.url()}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`);
  });
  context.on('console', (message) => {
    const wrong = ['error', 'warning'].includes(message.type()) && !EXPECTED.some((it) => it.test(message.text()));
    if (wrong) faults.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`a script fails: ${error.error().stack}`));
}
