/** A seller's workflow whose seller is closed already. */
export async function sellerLifecycle(): Promise<void> {}
