// Folders and files that several parts of the tests name.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
/** The program under test: built before, by `script/test`. */
export const BINARY = process.env.TESTED_BINARY ?? join(TARGET, 'debug/onboarding');
/** Tables and logs of a run. */
export const RESULTS = join(TARGET, 'browser');
/** Pictures of every page and state, a folder a visitor. */
export const PICTURES = join(TARGET, 'screenshots');

/** Makes a folder if need be, and names it. */
export function folder(path) {
  mkdirSync(path, { recursive: true });
  return path;
}
