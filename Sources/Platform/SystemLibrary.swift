// SPDX-License-Identifier: Apache-2.0

// The C library, under the name that each system gives it, for this module and all that import it.
#if canImport(Glibc)
  @_exported import Glibc
#elseif canImport(Musl)
  @_exported import Musl
#else
  @_exported import Darwin
#endif
