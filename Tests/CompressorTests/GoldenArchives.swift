/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054264daad171fc6870e58d5d1de24a03421c12b8db
    bca9a266e15f934b2c23690998cb4ef6bcf4ab7d70f5f3896201ba
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
