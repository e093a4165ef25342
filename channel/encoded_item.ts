/** An item as it was received: its bytes mean the same on any connection. */
export class EncodedItem {
  /** Its MessagePack document. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}
