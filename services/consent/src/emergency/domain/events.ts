/** One worker's use of emergency access, on that worker's own stream; the harm and the person's side are on the person's. */
export type EmergencyEvent =
  | {
      readonly type: 'EmergencyPrivilegeUsed';
      readonly data: {
        readonly accessId: string;
        readonly personId: string;
        readonly agency: string;
        readonly reviewBy: string;
      };
    }
  | {
      readonly type: 'EmergencyUseReviewed';
      readonly data: { readonly accessId: string; readonly reviewer: string; readonly justified: boolean };
    };
