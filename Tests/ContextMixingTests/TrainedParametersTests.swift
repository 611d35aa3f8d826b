import Content
import ContextMixing
import Contexts
import Testing

@Suite struct KnowledgeTests {
  private static func configuration(_ kind: ContentType, isOutside: Bool) -> ContextConfiguration {
    ContextConfiguration(
      ContentDescription(type: kind, recordLength: 12), contentSize: 4000,
      auxiliaryInputs: isOutside ? 1 : 0)
  }

  private func learn(_ mixer: ContextMixer, _ bytes: [UInt8]) {
    for byte in bytes {
      for i in (0..<8).reversed() { mixer.update(bit: byte >> UInt8(i) & 1 == 1) }
    }
  }

  @Test(arguments: ContentType.allCases, [false, true])
  func knowledgeComesBack(kind: ContentType, isOutside: Bool) {
    let teacher = ContextMixer(Self.configuration(kind, isOutside: isOutside))
    learn(teacher, Sample.all.flatMap { $0.bytes(500) })
    let knowledge = teacher.trainedParameters
    let pupil = ContextMixer(Self.configuration(kind, isOutside: isOutside))
    #expect(pupil.trainedParameters != knowledge)
    #expect(pupil.adopt(knowledge))
    #expect(pupil.trainedParameters == knowledge)
  }

  @Test func knowledgeOfAnotherMixerIsRefused() {
    let text = ContextMixer(Self.configuration(.text, isOutside: false))
    let before = text.trainedParameters
    #expect(!text.adopt(Array(before.dropLast())))
    #expect(!text.adopt(ContextMixer(Self.configuration(.text, isOutside: true)).trainedParameters))
    #expect(
      !text.adopt(ContextMixer(Self.configuration(.binary, isOutside: false)).trainedParameters))
    #expect(text.trainedParameters == before)
  }

  /// Any numbers are weights and probabilities: hostile ones predict badly, and that is all.
  @Test(arguments: [UInt16.min, UInt16.max])
  func extremeKnowledgePredicts(value: UInt16) {
    let mixer = ContextMixer(Self.configuration(.binary, isOutside: true))
    #expect(mixer.adopt(mixer.trainedParameters.map { _ in value }))
    learn(mixer, Sample.all.flatMap { $0.bytes(200) })
    #expect((1 << 12...(1 << 32) - (1 << 12)).contains(Int(mixer.probability())))
  }
}
