/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054264daad171fc6870e58d5d15423f976bc65c407dfe
    06bff4b8ece32b0fa148bd1fcce672f9051e79cd4aec4e364c2d
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
