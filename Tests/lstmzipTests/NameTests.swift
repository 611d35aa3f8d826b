// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Names are bytes, of any length that the system takes, and arguments come from the process itself.
@Suite struct NameTests {
  /// A name that is no UTF-8, and one that has what such bytes are often replaced by.
  private static let names = "L=$(printf 'caf\\351.txt'); U=$(printf 'caf\\357\\277\\275.txt');"

  @Test func namesThatAreNoText() throws {
    let run = try CommandLineRun()
    let result = try run.shell(
      """
      \(Self.names) set -e
      printf 'latin latin latin latin' > "$L"; printf 'other other other other' > "$U"
      $P compress -v --rm "$L"
      test -e "$U" && test ! -e "$L" && test -e "$L.lstm" && test ! -e "$U.lstm"
      $P info --json "$L.lstm"
      $P decompress --rm "$L.lstm"; test "$(cat "$L")" = 'latin latin latin latin'
      mkdir "$L.d"; cp "$L" "$L.d/$L"; $P compress "$L.d/$L"; $P -dc "$L.d/$L.lstm" | cmp - "$L"
      $P compress -o "$L.out" "$L"; $P compress --output="$L.out2" "$L"; cmp "$L.out" "$L.out2"
      """)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("caf\\xE9.txt: compressed"))
    #expect(String(decoding: result.output, as: UTF8.self).contains("caf\\\\xE9.txt.lstm"))
  }

  @Test func errorsPrintNamesEscaped() throws {
    let run = try CommandLineRun()
    let missing = try run.shell("$P compress \"$(printf 'a\\377b\\033[31m')\"")
    #expect(missing.status == 1)
    #expect(missing.errors == "lstmzip: a\\xFFb\\x1B[31m: No such file or directory\n")
    let option = try run.shell("$P compress \"$(printf -- '--no\\377')\" x")
    #expect(option.status == 64 && option.errors.contains("--no\\xFF"))
  }

  /// Two names of different bytes that are the same text to a text's comparison; a name that begins
  /// with a combining accent after an option's equals sign.
  @Test func namesAreNotNormalised() throws {
    let run = try CommandLineRun()
    let result = try run.shell(
      """
      set -e; A=$(printf '\\303\\251'); B=$(printf 'e\\314\\201'); C=$(printf '\\314\\201x')
      echo one > "$A"; echo two > "$B"; $P compress --rm "$B"; cat "$A"
      $P compress --output="$C" "$A"; $P -dc "$C"
      """)
    #expect(result.status == 0 && result.output == Array("one\none\n".utf8), "\(result.errors)")
  }

  @Test func modelsAndListsMayHaveSuchNames() throws {
    let run = try CommandLineRun()
    let result = try run.shell(
      """
      \(Self.names)
      for i in 1 2 3; do echo $i > "$L$i"; done
      printf '%s\\n' "$L"1 "" "$L"2 > list; printf '%s\\0' "$L"3 > list0
      $P compress --files-from list --files-from0=list0 && ls *.lstm | wc -l
      $P compress --model "$L" -c list
      """)
    #expect(String(decoding: result.output, as: UTF8.self).contains("3"))
    #expect(result.status == 1 && result.errors.contains("caf\\xE9.txt: No such file"))
  }

  @Test func longNames() throws {
    let run = try CommandLineRun()
    for length in [236, 237, 249, 250] {
      let name = String(repeating: "n", count: length)
      try run.write(name, FileTests.text)
      #expect(try run.run("compress", "--rm", name).status == 0)
      #expect(run.names == [name + ".lstm"])
      #expect(try run.run("decompress", "--rm", name + ".lstm").status == 0)
      #expect(run.read(name) == FileTests.text)
      try FileManager.default.removeItem(atPath: run.path(name))
    }
    let longest = String(repeating: "n", count: 255)
    try run.write(longest, FileTests.text)
    let refused = try run.run("compress", "--rm", longest)
    #expect(refused.status == 1 && refused.errors.contains("File name too long"))
    #expect(run.names == [longest])
    #expect(try run.run("compress", "-o", "a", longest).status == 0)
    #expect(try run.run("decompress", "-f", "-o", longest, "a").status == 0)
    #expect(run.read(longest) == FileTests.text)
  }

  /// Swift takes a process's arguments from /proc, which chroots and sandboxes lack.
  @Test func argumentsWithoutProc() throws {
    let run = try CommandLineRun()
    try run.write("a", FileTests.text)
    #expect(try run.run("compress", "a").status == 0)
    let hidden = "unshare -m sh -c 'mount -t tmpfs none /proc && "
    guard try run.shell(hidden + "test ! -e /proc/self'").status == 0 else { return }
    let result = try run.shell(hidden + "$P -d < a.lstm'")
    #expect(result.status == 0 && result.output == FileTests.text, "\(result.errors)")
  }
}
