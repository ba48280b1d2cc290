// One running service for all tests: `onboarding up --demo` on free ports with a data directory of its own.
//
// Beside it stand doors to the same database and the same registrations, each an `onboarding api` with one thing different:
// `strict` counts attempts, `tomorrow` lives a day and an hour later, `private` proves the address first, `cnil` has the
// other rules for passwords, `elsewhere` is another organisation's. Nothing of the service is replaced: they differ by
// configuration.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contactsCsv } from './people.js';
import { guarded } from './guarded.js';
import { BINARY, PICTURES, RESULTS, ROOT, folder } from './places.js';
import { freePort } from './ports.js';

// More than there are tests that need somebody known.
const CONTACTS = 200;

// Nothing that a developer has set may change what is tested.
const CLEAN = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('ONBOARDING_')));

/** Starts everything, tells the tests where it is, and answers with what stops it again. */
export default async function setup() {
  for (const made of [RESULTS, PICTURES]) rmSync(made, { recursive: true, force: true });
  folder(RESULTS);
  const dataDir = mkdtempSync(join(tmpdir(), 'onboarding-browser-'));
  const running = [];
  const stop = async () => {
    for (const it of running.reverse()) await it.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const main = await address();
    const env = {
      ...CLEAN,
      PATH: `${join(ROOT, '.onboarding/tools')}:${join(ROOT, '.onboarding/tools/postgresql/bin')}:${CLEAN.PATH}`,
      ONBOARDING_DATA_DIR: dataDir,
      ONBOARDING_LOG_FORMAT: 'text',
    };
    running.push(await up(main, env));
    process.env.SITE = main.url;
    process.env.MAILS = join(dataDir, 'mail');
    process.env.CLAIMS = folder(join(dataDir, 'claims'));
    importContacts(dataDir, env);
    process.env.STAFF = JSON.stringify(staff(env));
    execFileSync(BINARY, ['subscriber', 'add', 'bureau', '--events', 'EstablishmentLinked,PasswordSet'], { env, stdio: 'pipe' });
    for (const [name, settings] of Object.entries(doors(dataDir))) {
      const at = await address();
      running.push(await door(name, at, { ...env, ...settings }));
      process.env[`SITE_${name.toUpperCase()}`] = at.url;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function address() {
  const [listen, admin] = [await freePort(), await freePort()];
  return { url: `http://127.0.0.1:${listen}`, listen: `127.0.0.1:${listen}`, admin: `127.0.0.1:${admin}` };
}

const listening = (at) => ({ ONBOARDING_LISTEN: at.listen, ONBOARDING_ADMIN_LISTEN: at.admin });

// Hundreds of registrations come from one address here, so attempts are not counted; `strict` counts them.
function up(at, env) {
  return guarded({
    program: BINARY,
    args: ['up', '--demo'],
    env: { ...env, ...listening(at), ONBOARDING_LIMITS: 'off' },
    log: join(RESULTS, 'up.log'),
    isReady: (said) => /^ready /m.test(said),
  });
}

// One of each role, with the secrets that the command printed.
function staff(env) {
  const add = (name, role) => {
    const said = execFileSync(BINARY, ['console', 'add', name, '--role', role, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    return JSON.parse(said);
  };
  return { officer: add('officer', 'privacy_officer'), operator: add('operator', 'operator'), auditor: add('auditor', 'auditor') };
}

function importContacts(dataDir, env) {
  const file = join(dataDir, 'contacts.csv');
  writeFileSync(file, contactsCsv(CONTACTS));
  execFileSync(BINARY, ['directory', 'import', 'contacts', file], { env, stdio: 'pipe' });
}

function door(name, at, env) {
  return guarded({
    program: BINARY,
    args: ['api'],
    env: { ...env, ...listening(at) },
    log: join(RESULTS, `${name}.log`),
    isReady: () => answers(`http://${at.admin}/readyz`),
  });
}

const answers = (url) =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );

function doors(dataDir) {
  const servers = JSON.parse(readFileSync(join(dataDir, 'up.json'), 'utf8'));
  const shared = { ONBOARDING_POSTGRES_URL: servers.postgres_url, ONBOARDING_NATS_URL: servers.nats_url };
  return {
    strict: { ...shared, ONBOARDING_LIMITS: 'on' },
    private: { ...shared, ONBOARDING_LIMITS: 'off', ONBOARDING_FLOW: 'private' },
    cnil: { ...shared, ONBOARDING_LIMITS: 'off', ONBOARDING_PASSWORD_POLICY: 'cnil' },
    elsewhere: {
      ...shared,
      ONBOARDING_LIMITS: 'off',
      ONBOARDING_CATALOGUE_FILE: join(ROOT, 'services/catalogue/catalogue.example.toml'),
    },
    tomorrow: { ...shared, ONBOARDING_LIMITS: 'off', ONBOARDING_POSTGRES_URL: tomorrow(servers.postgres_url) },
  };
}

/**
 * The database as a session sees it whose clock is 25 hours ahead. The database's clock judges every expiry, and a session
 * that looks for `clock_timestamp` in this schema first finds this one.
 */
function tomorrow(url) {
  const sql = `
    CREATE SCHEMA tomorrow;
    CREATE FUNCTION tomorrow.clock_timestamp() RETURNS timestamptz LANGUAGE sql
      AS 'SELECT pg_catalog.clock_timestamp() + interval ''25 hours''';
    GRANT USAGE ON SCHEMA tomorrow TO PUBLIC;`;
  execFileSync('psql', [url, '--quiet', '--no-psqlrc', '--set', 'ON_ERROR_STOP=1', '--command', sql]);
  const later = new URL(url);
  later.searchParams.append('options[search_path]', 'public,tomorrow,pg_catalog');
  return later.href;
}
