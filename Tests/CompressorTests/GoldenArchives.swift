/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054274daad1714c4110d88dd0fa8c9d480164f6b5ba28
    ff266263d2674749f5fb38e7bf6e51b5d5839a4c48e08d8ecdcfca
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
