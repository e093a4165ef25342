/**
 * The global names of a fresh Deno.
 *
 * @module
 */

/**
 * The globals of a gateway. They are a list, because code of this process may have added to its own
 * `globalThis`. A test compares the list with the Deno that runs the tests.
 */

export const REMOTE_GLOBALS: ReadonlySet<string> = new Set(
  `
  AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt
  BigInt64Array BigUint64Array Blob Boolean BroadcastChannel Buffer ByteLengthQueuingStrategy
  Cache CacheStorage CloseEvent CompressionStream CountQueuingStrategy Crypto CryptoKey
  CustomEvent DOMException DOMMatrix DOMMatrixReadOnly DOMPoint DOMPointReadOnly DOMQuad DOMRect
  DOMRectReadOnly DataView Date DecompressionStream Deno DisposableStack Error ErrorEvent
  EvalError Event EventSource EventTarget File FileReader FinalizationRegistry Float16Array
  Float32Array Float64Array FormData Function GPU GPUAdapter GPUAdapterInfo GPUBindGroup
  GPUBindGroupLayout GPUBuffer GPUBufferUsage GPUCanvasContext GPUColorWrite GPUCommandBuffer
  GPUCommandEncoder GPUCompilationInfo GPUCompilationMessage GPUComputePassEncoder
  GPUComputePipeline GPUDevice GPUDeviceLostInfo GPUError GPUInternalError GPUMapMode
  GPUOutOfMemoryError GPUPipelineError GPUPipelineLayout GPUQuerySet GPUQueue GPURenderBundle
  GPURenderBundleEncoder GPURenderPassEncoder GPURenderPipeline GPUSampler GPUShaderModule
  GPUShaderStage GPUSupportedFeatures GPUSupportedLimits GPUTexture GPUTextureUsage GPUTextureView
  GPUUncapturedErrorEvent GPUValidationError Headers ImageBitmap ImageBitmapRenderingContext
  ImageData Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Location Lock LockManager
  Map Math MessageChannel MessageEvent MessagePort NaN Navigator NavigatorUAData Number Object
  OffscreenCanvas Performance PerformanceEntry PerformanceMark PerformanceMeasure
  PerformanceObserver PerformanceObserverEntryList ProgressEvent Promise PromiseRejectionEvent
  Proxy QuotaExceededError RangeError ReadableByteStreamController ReadableStream
  ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController
  ReadableStreamDefaultReader ReferenceError Reflect RegExp Request Response Set SharedArrayBuffer
  Storage String SubtleCrypto SuppressedError Symbol SyntaxError Temporal TextDecoder
  TextDecoderStream TextEncoder TextEncoderStream TransformStream TransformStreamDefaultController
  TypeError URIError URL URLPattern URLSearchParams Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket Window Worker WritableStream
  WritableStreamDefaultController WritableStreamDefaultWriter alert atob btoa caches
  clearImmediate clearInterval clearTimeout close closed confirm console createImageBitmap crypto
  decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval fetch global globalThis
  isFinite isNaN localStorage location name navigator onbeforeunload onerror onload
  onunhandledrejection onunload parseFloat parseInt performance process prompt queueMicrotask
  reportError self sessionStorage setImmediate setInterval setTimeout structuredClone undefined
  unescape
`.trim().split(/\s+/),
);
