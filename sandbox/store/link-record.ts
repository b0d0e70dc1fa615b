/** A link to the hosted onboarding page. */
export type AccountLink = {
  id: string;
  account: string;
  type: 'account_onboarding' | 'account_update';
  created: number;
  expires_at: number;
  refresh_url: string;
  return_url: string | null;
  used: boolean;
  /** Proves that a form comes from the one visit the link allows. */
  session: string | null;
};
