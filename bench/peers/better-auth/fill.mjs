// Fills the store with people whose address is proven: rows as a whole journey leaves them, one password hash for all.
import { getMigrations } from 'better-auth/db/migration';
import { auth, pool } from './auth.mjs';

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
const context = await auth.$context;
const hash = await context.password.hash('quatre chevaux 7 nuages');
await pool.query(
  `INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
   SELECT md5('user' || n), 'Camille Exemplard', 'rempli' || n || '@example.org', true, now(), now() FROM generate_series(1, $1::int) AS n`,
  [Number(process.env.PEER_PEOPLE)],
);
await pool.query(
  `INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
   SELECT md5('account' || id), id, 'credential', id, $1, now(), now() FROM "user"`,
  [hash],
);
await pool.query('VACUUM (ANALYZE)');
process.exit(0);
