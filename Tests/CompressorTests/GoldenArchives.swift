/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401015400000103264daad171f3fac9308d5749ee44774a8aa609a0
    f1ad29bbedf60481bd96511dc93d6ba263ade1426b9371d5debe33
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
