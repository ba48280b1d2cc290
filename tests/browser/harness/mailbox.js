// The mails that the service has written as files, as their readers see them.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const unfolded = (headers) => headers.replace(/\r?\n[ \t]+/g, ' ');

/** RFC 2047 words, which hold what is not ASCII in a header. */
const words = (text) =>
  text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, word) =>
    kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('utf8') : quotedPrintable(word.replaceAll('_', ' ')),
  );

const quotedPrintable = (text) => {
  const joined = text.replace(/=\r?\n/g, '');
  const bytes = joined.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  // What was not encoded is ASCII; what was is UTF-8, a byte a character so far.
  return Buffer.from(bytes, 'latin1').toString('utf8');
};

function part(source) {
  const [, headers, body] = /^([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(source) ?? [null, source, ''];
  const header = (name) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(unfolded(headers))?.[1]?.trim() ?? '';
  const encoding = header('Content-Transfer-Encoding').toLowerCase();
  const text =
    encoding === 'base64' ? Buffer.from(body, 'base64').toString('utf8') : encoding === 'quoted-printable' ? quotedPrintable(body) : body;
  return { header, body: text };
}

/** A mail: to whom, about what, its text and its HTML. */
function read(source) {
  const whole = part(source);
  const boundary = /boundary="?([^";]+)"?/i.exec(whole.header('Content-Type'))?.[1];
  const parts = boundary ? source.split(`--${boundary}`).slice(1, -1).map((it) => part(it.replace(/^\r?\n/, ''))) : [whole];
  const of = (type) => parts.find((it) => it.header('Content-Type').startsWith(type))?.body ?? '';
  const text = of('text/plain');
  return {
    to: whole.header('To').replace(/^.*<|>.*$/g, ''),
    subject: words(whole.header('Subject')),
    text,
    html: of('text/html'),
    /** The first address in the text: the one to follow. */
    link: /https?:\/\/\S+/.exec(text)?.[0],
  };
}

/** Every mail to an address so far, oldest first. */
export function mailsTo(email) {
  let files;
  try {
    files = readdirSync(process.env.MAILS).filter((name) => name.endsWith('.eml'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return files
    .map((name) => join(process.env.MAILS, name))
    .map((path) => ({ at: statSync(path).mtimeMs, path, ...read(readFileSync(path, 'utf8')) }))
    .filter((mail) => mail.to.toLowerCase() === email.toLowerCase())
    .sort((one, other) => one.at - other.at);
}

/** Waits for a mail to an address, after `seen` earlier ones. */
export const mailTo = (email, seen = 0) => eventually(`mail ${seen + 1} arrives`, () => mailsTo(email)[seen]);
