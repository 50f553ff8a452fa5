/// An array of at most one dimension, without nulls, in the server's binary form: the number of dimensions, whether
/// there are nulls, the type of the elements, and for the dimension how many and where they begin to count; then each
/// element behind its length. All numbers are big-endian.
///
/// What a header says is believed only as far as there are bytes.
struct ArrayForm {
    private static let headerSize = 20

    private let type: ServerType
    private let count: Int
    /// The elements with their lengths.
    private let body: Field

    /// nil when it has more dimensions, or says nonsense.
    init?(_ field: Field) {
        let size = field.bytes.count
        guard size >= 12 else { return nil }
        type = ServerType(rawValue: field.load(UInt32.self, 8))
        let dimensions = field.load(Int32.self, 0)
        if dimensions == 0 {
            guard size == 12 else { return nil }
            (count, body) = (0, Field(bytes: UnsafeRawBufferPointer(rebasing: field.bytes[size...])))
            return
        }
        guard dimensions == 1, size >= Self.headerSize else { return nil }
        count = Int(field.load(Int32.self, 12))
        body = Field(bytes: UnsafeRawBufferPointer(rebasing: field.bytes[Self.headerSize...]))
        // Each element has at least its length.
        guard count >= 0, count <= body.bytes.count / 4 else { return nil }
    }

    /// Each element; nil when one is null or not what is wanted.
    func elements<Element>(_ read: (Field, ServerType) -> Element?) -> [Element]? {
        var elements: [Element] = []
        elements.reserveCapacity(count)
        var offset = 0
        for _ in 0..<count {
            guard offset + 4 <= body.bytes.count else { return nil }
            let size = Int(body.load(Int32.self, offset))
            offset += 4
            guard size >= 0, offset + size <= body.bytes.count else { return nil }
            let field = Field(bytes: UnsafeRawBufferPointer(rebasing: body.bytes[offset..<offset + size]))
            guard let element = read(field, type) else { return nil }
            elements.append(element)
            offset += size
        }
        return offset == body.bytes.count ? elements : nil
    }

    /// The elements of a `double precision[]`.
    var doubles: [Double]? { words(.float8) { Double(bitPattern: $0) } }

    /// The elements of a `timestamptz[]` as Unix microseconds; nil also when one is infinite.
    var microseconds: [Int64]? { words(.timestamptz) { CivilTime.unixMicroseconds(Int64(bitPattern: $0)) } }

    /// Elements of eight bytes, of which there are many.
    @inline(__always)
    private func words<Element>(_ wanted: ServerType, _ make: (UInt64) -> Element?) -> [Element]? {
        guard count == 0 || type == wanted, body.bytes.count == count * 12 else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for index in 0..<count {
            guard body.load(Int32.self, index * 12) == 8, let element = make(body.load(UInt64.self, index * 12 + 4))
            else { return nil }
            elements.append(element)
        }
        return elements
    }

    /// The binary form of elements that are words of four or eight bytes.
    @inline(__always)
    static func bytes<Element, Word: FixedWidthInteger>(
        _ type: ServerType, _ elements: [Element], _ word: (Element) -> Word
    ) -> [UInt8] {
        let width = MemoryLayout<Word>.size, size = headerSize + elements.count * (4 + width)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for (place, value) in [1, 0, type.rawValue, UInt32(elements.count), 1].enumerated() {
                bytes.storeBytes(of: value.bigEndian, toByteOffset: place * 4, as: UInt32.self)
            }
            var offset = headerSize
            for element in elements {
                bytes.storeBytes(of: UInt32(width).bigEndian, toByteOffset: offset, as: UInt32.self)
                bytes.storeBytes(of: word(element).bigEndian, toByteOffset: offset + 4, as: Word.self)
                offset += 4 + width
            }
            initialized = size
        }
    }
}
