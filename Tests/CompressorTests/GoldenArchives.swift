/// The test vectors of docs/FORMAT.md, in hexadecimal.
enum GoldenArchives {
  static let content =
    "she sells sea shells by the sea shore; the shells she sells are sea shells, I'm sure"
  static let text = """
    974c535401010303000054264daad171fc6870e58dd00113aa68e1409bef27b4
    4c2ca08fc0043e40ad934fa05cad3b85358b17d618215c210fa7
    """
  static let stored = "974c535401007125b48700076c73746d7a697005a38e24"
}
