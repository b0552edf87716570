/** Whoever asks whether somebody is there does not wait longer. */
export const CHECK_MS = 2_000;

class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';
}

/** @throws what the question failed with; Error (`ETIMEDOUT`) when it has no answer after 2 s */
export async function inTime(question: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer('no answer in time')), CHECK_MS);
  });
  await Promise.race([question, late]).finally(() => clearTimeout(timer));
}
