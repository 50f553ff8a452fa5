import HTTP
import Testing

@Suite struct TraceParentTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test(arguments: [
        "00-\(trace)-00f067aa0ba902b7-01", "00-\(trace)-00f067aa0ba902b7-00", "01-\(trace)-00f067aa0ba902b7-01",
        "cc-\(trace)-00f067aa0ba902b7-01-what-will-be",
    ])
    func `the trace is read`(_ text: String) {
        #expect(TraceParent(text)?.traceID == Self.trace)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-00f067aa0ba902b7", "ff-\(trace)-00f067aa0ba902b7-01",
        "00-\(trace)-00f067aa0ba902b7-01-more", "01-\(trace)-00f067aa0ba902b7-01more",
        "00-\(trace.uppercased())-00f067aa0ba902b7-01", "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
        "00-\(trace)-0000000000000000-01", "00_\(trace)_00f067aa0ba902b7_01", "00-\(trace)\"-0f067aa0ba902b7-01",
        "0g-\(trace)-00f067aa0ba902b7-01", "00-é\(trace.dropFirst(2))-00f067aa0ba902b7-01",
    ])
    func `what is none is no trace`(_ text: String) {
        #expect(TraceParent(text) == nil)
    }
}
