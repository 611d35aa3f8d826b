// SPDX-License-Identifier: Apache-2.0

/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    d54c535401015400000103264daad1716a2917998d5749ee44774a8aa609a0
    f1ad29bbedf60481bd96511dc93d6ba263ade1426b9371d5debe33
    """
  static let stored = "d54c53540100168e24c500076c73746d7a697005a38e24"
}
