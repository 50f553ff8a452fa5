/// What readers of text take, as patterns of the document (ECMA 262).
enum TextPatterns {
    /// Control characters that no text may hold; newline and tab it may.
    private static let refused = #"\u0000-\u0008\u000b-\u001f\u007f"#
    /// White space that a text may hold: what `trimmed` takes away. Each by itself: to some readers of
    /// patterns these are no ends of a range.
    private static let space =
        #"\u0009\u000a\u0020\u0085\u00a0\u1680"#
        + #"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"#
        + #"\u2028\u2029\u202f\u205f\u3000"#

    static let text = "^[^\(refused)]*$"
    /// More than white space.
    static let filled = "^[\(space)]*[^\(refused)\(space)][^\(refused)]*$"
    /// More than white space, and once that is taken from its ends no newline.
    static let line =
        #"^[\#(space)]*[^\#(refused)\#(space)]([^\#(refused)\u000a]*[^\#(refused)\#(space)])?[\#(space)]*$"#
    static let email: String = {
        let part = #"[^@\u0000-\u001f\u007f-\u009f\#(space)]+"#
        return "^[\(space)]*\(part)@\(part)[\(space)]*$"
    }()
    static let printableASCII = "^[ -~]*$"
    /// A path within this site: neither a backslash in it nor two slashes at its beginning.
    static let localAddress = #"^/([!-.0-\[\]-~][!-\[\]-~]*)?$"#
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(String.UnicodeScalarView(scalars[first...last]))
    }
}
