/**
 * How stack frames of the loader are recognised: its module is a `data:` URL, in base64.
 *
 * @module
 */

/** The first bytes of the loader's text: twelve, so that their base64 does not depend on the next. */
export const LOADER_MARK = "/*execnet*/\n";
