// What the service says, from its own files of words: a test names a sentence by its key, in either language.
import { FluentBundle, FluentResource } from '@fluent/bundle';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './places.js';

const FOLDER = join(ROOT, 'services/catalogue/words');

function bundle(locale) {
  const made = new FluentBundle(locale, { useIsolating: false });
  for (const name of readdirSync(join(FOLDER, locale))) {
    const faults = made.addResource(new FluentResource(readFileSync(join(FOLDER, locale, name), 'utf8')));
    if (faults.length > 0) throw new Error(`${locale}/${name}: ${faults.join(', ')}`);
  }
  return made;
}

const BUNDLES = { fr: bundle('fr'), en: bundle('en') };
// The organisation of the catalogue that is shipped, which most sentences name.
const ORGANISATION = { organisation: 'AKTO', space: { fr: 'Mon Espace AKTO', en: 'My AKTO Space' } };

/** A sentence. An unknown key, or an argument left out, is a mistake of the test. */
export function words(locale, key, args = {}) {
  const message = BUNDLES[locale].getMessage(key);
  if (!message?.value) throw new Error(`no words for ${key} in ${locale}`);
  const given = { ...ORGANISATION, space: ORGANISATION.space[locale], contact_url: 'https://www.akto.fr/contact/', ...args };
  return BUNDLES[locale].formatPattern(message.value, given);
}
