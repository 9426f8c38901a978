export const MAX_BODY_BYTES = 16 * 1024;

/** More requests under way than this are turned away at once; a queue would only make all of them late. */
export const MAX_REQUESTS_IN_FLIGHT = 1024;
