/** Folders of the tools, as URLs that end in a slash. */
export const ROOT = new URL("../", import.meta.url);
export const CACHE = new URL(".cache/", ROOT);
export const STD_FOLDERS = new URL("jsr/", CACHE);
