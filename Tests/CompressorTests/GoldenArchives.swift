/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010054354daad17119201f258c2b751bcf53c4334617e2cbf1129f
    c4dc8b89290a57f988ebaf1dcef698dead49596d6c3e56de6f93c075ca0076d9
    86f957e98d77
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
