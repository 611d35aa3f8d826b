// SPDX-License-Identifier: Apache-2.0

import Content
import ContextMixing
import Contexts
import TestSupport
import Testing

@Suite struct TrainedParametersTests {
  private static func configuration(_ type: ContentType, hasAuxiliary: Bool) -> ContextConfiguration
  {
    ContextConfiguration(
      ContentDescription(type: type, recordLength: 12), contentSize: 4000,
      auxiliaryInputs: hasAuxiliary ? 1 : 0)
  }

  private func predictor(_ type: ContentType, hasAuxiliary: Bool) -> ExpertPredictor {
    ExpertPredictor(Self.configuration(type, hasAuxiliary: hasAuxiliary))
  }

  @Test(arguments: ContentType.allCases, [false, true])
  func parametersComeBack(type: ContentType, hasAuxiliary: Bool) {
    let teacher = predictor(type, hasAuxiliary: hasAuxiliary)
    teacher.learn(SampleContent.all.flatMap { $0.bytes(500) })
    let parameters = teacher.mixer.trainedParameters
    let pupil = predictor(type, hasAuxiliary: hasAuxiliary)
    #expect(pupil.mixer.trainedParameters != parameters)
    #expect(pupil.mixer.adopt(parameters))
    #expect(pupil.mixer.trainedParameters == parameters)
  }

  @Test func parametersOfAnotherMixerAreRefused() {
    let text = predictor(.text, hasAuxiliary: false)
    let before = text.mixer.trainedParameters
    #expect(!text.mixer.adopt(Array(before.dropLast())))
    #expect(!text.mixer.adopt(predictor(.text, hasAuxiliary: true).mixer.trainedParameters))
    #expect(
      !text.mixer.adopt(predictor(.binary, hasAuxiliary: false).mixer.trainedParameters))
    #expect(text.mixer.trainedParameters == before)
  }

  /// Any numbers are weights and probabilities: hostile ones predict badly, and that is all.
  @Test(arguments: [UInt16.min, UInt16.max])
  func extremeParametersPredict(value: UInt16) {
    let predictor = self.predictor(.binary, hasAuxiliary: true)
    #expect(predictor.mixer.adopt(predictor.mixer.trainedParameters.map { _ in value }))
    predictor.learn(SampleContent.all.flatMap { $0.bytes(200) })
    #expect((1 << 12...(1 << 32) - (1 << 12)).contains(Int(predictor.probability())))
  }
}
