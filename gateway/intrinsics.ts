/**
 * Loads with the package what captures globals. Code of the user may replace these before the first
 * gateway starts, which loads the rest.
 *
 * @module
 */

import "../channel/handle.ts";
import "../code/function/intrinsics.ts";
import "../internal/rough_size.ts";
import "../protocol/items.ts";
