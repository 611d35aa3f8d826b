/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054264daad171fc6870e58d5d1de24a0342e284ae4c
    0e387074bec6573956bfadff090da9132170a03c9f7194a7cda853
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
