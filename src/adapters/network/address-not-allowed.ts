export type AddressNotAllowed = Error & { readonly code: 'address_not_allowed' };

/** Names the host and not the address it resolved to, so that the message tells nobody what lies inside the network. */
export const addressNotAllowed = (host: string): AddressNotAllowed =>
  Object.assign(
    new Error(`${host} is a private or reserved address; HOLDFAST_ALLOW_PRIVATE_ADDRESSES=1 allows private ones`),
    { code: 'address_not_allowed' as const },
  );

/** Also finds it as the cause of another error, where `fetch` puts it. */
export const isAddressNotAllowed = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 'address_not_allowed') || isAddressNotAllowed(error.cause));
