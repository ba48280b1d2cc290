// The pages in a real browser: Debian's Chromium, four kinds of visitor, one running service for all of them.
//
// The four kinds cover every pair of language, width and scripts: a fault that needs two of them together is met.
import { defineConfig } from '@playwright/test';
import { chromium } from './harness/chromium.js';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };

const visitor = (name, locale, viewport, scripts, { thorough = false, ...more } = {}) => ({
  name,
  use: { locale: { fr: 'fr-FR', en: 'en-GB' }[locale], viewport, javaScriptEnabled: scripts, thorough },
  ...more,
});

// All four go both journeys and use the account; the rest is asked of two who differ in everything.
const BY_ALL = /journeys\/(known|newcomer|review|account)\.spec\.js/;

export default defineConfig({
  testDir: '.',
  outputDir: '../../target/browser/traces',
  globalSetup: './harness/service.js',
  reporter: [['list'], ['./harness/sum.js']],
  fullyParallel: true,
  workers: Number(process.env.BROWSER_WORKERS ?? 2),
  // A test that passes at the second try is a test that fails.
  retries: 0,
  forbidOnly: true,
  // Each wait ends as soon as what is waited for is there; these ends are for machines with much else to do.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    trace: 'retain-on-failure',
    launchOptions: { executablePath: chromium(), args: ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] },
  },
  projects: [
    visitor('fr-wide', 'fr', WIDE, true, { thorough: true }),
    visitor('en-narrow', 'en', NARROW, true, { testMatch: BY_ALL }),
    visitor('fr-narrow-plain', 'fr', NARROW, false, { testMatch: BY_ALL }),
    visitor('en-wide-plain', 'en', WIDE, false),
  ],
});
