/** The stream is named by the code's locator, which is random and says nothing about anybody. */
export type ClaimEvent =
  | {
      readonly type: 'ClaimIssued';
      /** scrypt hash of the code's secret part, with its salt. */
      readonly data: { readonly personId: string; readonly salt: string; readonly hash: string };
    }
  | { readonly type: 'ClaimAccepted'; readonly data: { readonly at: string } }
  | {
      readonly type: 'ClaimRefused';
      /** Refusals in a row, and until when no further code is tried. */
      readonly data: { readonly at: string; readonly failures: number; readonly blockedUntil: string | null };
    };
