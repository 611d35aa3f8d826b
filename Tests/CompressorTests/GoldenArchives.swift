/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054274daad1714c4110d88dd00113aa68e1409bef27b4
    4bb3dcf2a14e8a98b53f54f8f9de2ef1331161c3cb492bf3d3f38a
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
