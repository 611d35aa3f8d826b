/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054264daad171fc6870e58d5d15423f976bc65c3226
    9d462a1ec1e50af3f578f35838fd32b07a1187032385815624e9e1
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
