// The pictures of the README, taken by `script/pictures`: a walk with the same names each time.
import { defineConfig } from '@playwright/test';
import tests from '../playwright.config.js';

export default defineConfig({
  ...tests,
  testDir: '.',
  testMatch: 'readme.pictures.js',
  globalSetup: '../harness/service.js',
  outputDir: '../../../target/browser/traces',
  reporter: 'list',
  projects: [{ name: 'pictures', use: { locale: 'fr-FR', javaScriptEnabled: true, viewport: { width: 900, height: 640 } } }],
});
