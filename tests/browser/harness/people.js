// Invented people. Each test has its own, so that tests may run in any order and beside each other.
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** A password that meets every rule. */
export const PASSWORD = 'tr0mbone22';

/** Establishments of the demonstration: what the organisation and the register know of them. */
export const ESTABLISHMENTS = {
  member: { siret: '00000040600017', number: '1000001', name: 'HOTEL DE LA DEMONSTRATION' },
  /** For wrong numbers, which are counted by establishment as well. */
  guessedAt: { siret: '00000048900013', number: '1000297' },
  training: { siret: '00000046300018', number: '11759000675', name: 'FORMATION FICTIVE CONSEIL' },
  unknown: { siret: '13002526500013', idcc: '1486', suggested: '5003' },
  closed: { siret: '00000030700017' },
  succeeded: { siret: '00000036400018', successor: '20007184300060' },
  notFound: { siret: '00000032300014' },
  pending: { siret: '00000033100017' },
};

/** A SIRET as pages print it: in groups, with spaces at which no line breaks. */
export const printed = (siret) => new RegExp(siret.replace(/^(...)(...)(...)(.....)$/, '$1\\s$2\\s$3\\s$4'));

const somebody = (email) => ({ profile: 'medecin', civility: 'mme', last_name: 'Exemplard', first_name: 'Camille', email });

/** Somebody whom the organisation does not know. */
export const newcomer = () => somebody(`visite-${randomBytes(6).toString('hex')}@example.org`);

const contactEmail = (number) => `referent-${number}@example.org`;

/** Contacts of the organisation, as a file to import: one for each test that needs somebody known. */
export function contactsCsv(count) {
  const rows = Array.from({ length: count }, (_, number) => `b${number},Mme,Exemplard,Camille,${contactEmail(number)},00000040600017|00000040600025|00000040600033`);
  return ['contact_id,civility,last_name,first_name,email,sirets', ...rows, ''].join('\n');
}

/** A contact whom no other test has. The file that is made for each can be made only once. */
export function contact() {
  for (let number = 0; ; number += 1) {
    try {
      closeSync(openSync(join(process.env.CLAIMS, String(number)), 'wx'));
      return somebody(contactEmail(number));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}
