/**
 * Weak references that no code of the user has replaced. They are captured when the package is loaded.
 *
 * @module
 */

const { FinalizationRegistry: OwnRegistry, WeakRef: OwnRef } = globalThis;

export { OwnRef as WeakRef, OwnRegistry as FinalizationRegistry };
