import { requirePackage } from '../base/require-package.ts';

/** The low-level interface of libzstd: contexts that are kept, and buffers that are the caller's. */
export const zstd = requirePackage('zstd-napi/binding.js') as typeof import('zstd-napi/binding.js');
