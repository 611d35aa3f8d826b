/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054264daad171fc6870e58d5d1d320f7e569cdfbfff
    81dfd6995720cb76244ba26c1a02b7bc7a014e208f854825d8927c
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
