// Better Auth with mail verification, as its documentation sets it up. Changed from what ships, in its favour: no limit on attempts (all
// load comes from one address), a pool of connections to the mail server, and nobody waits for the mail.
import { betterAuth } from 'better-auth';
import nodemailer from 'nodemailer';
import pg from 'pg';

const mail = new URL(process.env.PEER_SMTP_URL);
const transport = nodemailer.createTransport({ host: mail.hostname, port: Number(mail.port), pool: true, ignoreTLS: true });

// No protection at all: only to see what is not the hash.
const none = { hash: async (password) => password, verify: async ({ hash, password }) => hash === password };

export const pool = new pg.Pool({ connectionString: process.env.PEER_POSTGRES_URL, max: 10 });

export const auth = betterAuth({
  baseURL: 'http://127.0.0.1',
  secret: 'measured on one machine only, of 32 letters and more',
  database: pool,
  rateLimit: { enabled: false },
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: true,
    ...(process.env.PEER_HASH === 'none' ? { password: none } : {}),
  },
  emailVerification: {
    sendOnSignUp: true,
    sendVerificationEmail: async ({ user, token }) => {
      transport
        .sendMail({
          from: 'bench@example.org',
          to: user.email,
          subject: 'Your address',
          text: `Please follow this link:\n\nhttp://127.0.0.1/verify/${token}\n`,
        })
        .catch((error) => console.error(error));
    },
  },
  advanced: { useSecureCookies: false },
});
