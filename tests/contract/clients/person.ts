// Somebody who makes an account, and who reads their mail elsewhere: whoever runs this answers the line `mail` with the token
// of the link.
declare const process: {
  env: Record<string, string>;
  stdin: AsyncIterable<{ toString(): string }>;
};

export const base = process.env.ONBOARDING_BASE!;
export const email = process.env.PERSON_EMAIL!;
export const password = "Girouette-7-marmelade";
export const siret = process.env.MEMBER_SIRET!;
export const number = process.env.MEMBER_NUMBER!;

export async function token(): Promise<string> {
  console.log("mail");
  for await (const line of process.stdin) return line.toString().trim();
  throw new Error("no token came");
}

export function must<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

export function is(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}
