/// Finds the endpoint of a path in one table that is read once.
///
/// A literal segment wins over a parameter: `/symbols/search` is not the symbol named search.
///
///     let router = Router([(.get, "/api/strategies/{id}", "one"), (.get, "/api/strategies", "all")])
///     router.match(.get, ["api", "strategies", "7"])     // .found("one", ["id": "7"])
public struct Router<Endpoint: Sendable>: Sendable {
    public enum Match: Sendable {
        /// The parameters are the path's, by the names of the route.
        case found(Endpoint, [String: String])
        /// The path exists; these are its methods.
        case methodNotAllowed([Method])
        case notFound
    }

    private struct Leaf: Sendable {
        let method: Method
        let endpoint: Endpoint
        let parameterNames: [String]
    }

    private struct Node: Sendable {
        /// Few, so that comparing them is quicker than hashing.
        var literals: [(segment: String, next: Int)] = []
        var parameter: Int?
        var leaves: [Leaf] = []

        func next(_ segment: String) -> Int? { literals.first { $0.segment == segment }?.next }
    }

    private var nodes = [Node()]

    /// - Parameter routes: paths like `/api/strategies/{id}`.
    /// - Precondition: no two routes have the same method and the same shape.
    public init(_ routes: [(Method, String, Endpoint)]) {
        for (method, path, endpoint) in routes { add(method, path, endpoint) }
    }

    /// GET also answers HEAD.
    public func match(_ method: Method, _ segments: [String]) -> Match {
        var values: [String] = []
        var allowed: [Method] = []
        if let leaf = leaf(for: method, segments[...], at: 0, &values, &allowed) {
            if leaf.parameterNames.isEmpty { return .found(leaf.endpoint, [:]) }
            return .found(leaf.endpoint, Dictionary(uniqueKeysWithValues: zip(leaf.parameterNames, values)))
        }
        return allowed.isEmpty ? .notFound : .methodNotAllowed(Method.allCases.filter(allowed.contains))
    }

    /// What a path takes; empty for one that leads nowhere.
    public func methods(_ segments: [String]) -> [Method] {
        var values: [String] = []
        var allowed: [Method] = []
        _ = leaf(for: nil, segments[...], at: 0, &values, &allowed)
        return Method.allCases.filter(allowed.contains)
    }

    private mutating func add(_ method: Method, _ path: String, _ endpoint: Endpoint) {
        precondition(path.hasPrefix("/"), "the route \(path) does not start with a slash")
        var current = 0
        var names: [String] = []
        for segment in path.split(separator: "/").map(String.init) {
            let next: Int?
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                names.append(String(segment.dropFirst().dropLast()))
                next = nodes[current].parameter
                nodes[current].parameter = next ?? nodes.count
            } else {
                next = nodes[current].next(segment)
                if next == nil { nodes[current].literals.append((segment, nodes.count)) }
            }
            if next == nil { nodes.append(Node()) }
            current = next ?? nodes.count - 1
        }
        precondition(Set(names).count == names.count, "a parameter occurs twice in \(path)")
        precondition(!nodes[current].leaves.contains { $0.method == method }, "two routes for \(method) \(path)")
        nodes[current].leaves.append(Leaf(method: method, endpoint: endpoint, parameterNames: names))
    }

    /// Depth first, literals before parameters; `values` are the parameters on the way, in order.
    private func leaf(
        for method: Method?, _ segments: ArraySlice<String>, at index: Int, _ values: inout [String],
        _ allowed: inout [Method]
    ) -> Leaf? {
        let node = nodes[index]
        guard let first = segments.first else {
            if let leaf = node.leaves.first(where: { $0.method == method }) { return leaf }
            if method == .head, let leaf = node.leaves.first(where: { $0.method == .get }) { return leaf }
            for leaf in node.leaves { allowed += leaf.method == .get ? [.get, .head] : [leaf.method] }
            return nil
        }
        if let next = node.next(first),
            let leaf = leaf(for: method, segments.dropFirst(), at: next, &values, &allowed)
        {
            return leaf
        }
        guard let next = node.parameter else { return nil }
        values.append(first)
        if let leaf = leaf(for: method, segments.dropFirst(), at: next, &values, &allowed) { return leaf }
        values.removeLast()
        return nil
    }
}
