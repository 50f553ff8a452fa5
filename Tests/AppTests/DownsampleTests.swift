import Testing

@testable import App

@Suite struct DownsampleTests {
    @Test func `a short curve stays whole`() {
        #expect(Downsample.indices(of: [3, 1, 2], limit: 3) == [0, 1, 2])
        #expect(Downsample.indices(of: [], limit: 10) == [])
    }

    @Test(arguments: [2, 3, 4, 10, 101, 500])
    func `a long curve keeps its ends, its extremes and the limit`(limit: Int) {
        var state: UInt64 = 7
        let values = (0..<5_000).map { _ -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40)
        }
        let indices = Downsample.indices(of: values, limit: limit)
        #expect(indices.count <= limit)
        #expect(indices.first == 0 && indices.last == 4_999)
        #expect(indices == indices.sorted() && Set(indices).count == indices.count)
        if limit >= 4 {
            let shown = indices.map { values[$0] }
            #expect(shown.max() == values.max() && shown.min() == values.min())
        }
    }
}
