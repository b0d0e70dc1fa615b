/** What the bank of a card says of a charge before anybody disputes it. */
export type EarlyFraudWarning = {
  id: string;
  object: 'radar.early_fraud_warning';
  /** Neither disputed nor fully refunded yet. */
  actionable: boolean;
  charge: string;
  created: number;
  fraud_type: string;
  livemode: false;
};
