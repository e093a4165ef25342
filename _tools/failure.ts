/** A failure that is shown without a stack, because its message says everything. */
export class Failure extends Error {
  override name = "Failure";
}
