extension String {
    /// The text, or the beginning of one that is too long to be told in a sentence: the names that people make up in a
    /// document can be as long as the document, and one character can be as long as many accents.
    public var shortened: String {
        utf8.count <= 64 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(40))) + "…"
    }
}
