// Waiting for what other programs do: looking again and again, never for a fixed time.

// How long anything may take on a busy machine before it counts as not coming.
const PATIENCE_MS = 60_000;
const BETWEEN_LOOKS_MS = 50;

/** Looks until `look` answers with something true, and answers with that. */
export async function eventually(what, look) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
}
