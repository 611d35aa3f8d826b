/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010054354daad17119201f258c2b751bcf53c4334617e2cbf1129f
    c4dc8b892be34b572b73b270070e2058133dda3d21637b0852f8fcdc2af7dfe2
    6e592acc6df6
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
