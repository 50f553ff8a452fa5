import HTTP

/// A few words for the list of sessions, from what a browser says of itself. It may lie: nothing depends on it.
enum DeviceName {
    /// For example "Firefox on Linux"; "Unknown device" when it says nothing that is known here.
    static func from(userAgent: String?) -> String {
        // Beyond this nothing is looked at: the text comes from outside.
        let text = Substring((userAgent ?? "").prefix(512))
        let browser = browsers.first { text.range(of: $0.mark) != nil }?.name
        let system = systems.first { text.range(of: $0.mark) != nil }?.name
        return switch (browser, system) {
        case (let browser?, let system?): "\(browser) on \(system)"
        case (let browser?, nil): browser
        case (nil, let system?): "Browser on \(system)"
        case (nil, nil): "Unknown device"
        }
    }

    /// In an order in which the first hit is right: most browsers also name those they want to be taken for.
    private static let browsers: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"),
        ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Version/", "Safari"), ("curl/", "curl"),
    ]
    private static let systems: [(mark: String, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows NT", "Windows"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]
}

extension Call {
    /// What the browser that asks calls itself.
    var device: String { DeviceName.from(userAgent: request.fields["User-Agent"]) }
}
