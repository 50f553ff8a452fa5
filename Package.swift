// swift-tools-version: 6.1
import PackageDescription

// `ls Sources` is the architecture, read top to bottom: a target may depend only on what stands above it.
let package = Package(
    name: "BitStockerz",
    products: [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
    ],
    targets: [
        // the ground: clock, deadline, descriptor, files, signals, calendar, UUID, randomness; imports nothing but Glibc
        // and Synchronization
        .target(name: "System"),
        .testTarget(name: "SystemTests", dependencies: ["System"]),
        // what the variables of the configuration are called, and what stands for those that are not set
        .target(name: "Settings"),
        .target(name: "JSON"),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "SeededNumbers"]),
        // platform: knows processes and protocols, has never heard of a candle
        .target(name: "Telemetry", dependencies: ["System"]),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", "TestSupport"]),
        .target(name: "HTTP", dependencies: ["JSON"]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP", "JSON"]),
        .systemLibrary(name: "CFCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .target(name: "FastCGI", dependencies: ["CFCGI", "HTTP", "System"]),
        .executableTarget(
            name: "FastCGIEcho", dependencies: ["FastCGI", "HTTP", "JSON"], path: "Tests/FastCGIEcho"),
        .testTarget(name: "FastCGITests", dependencies: ["FastCGI", "FastCGIEcho", "HTTP", "JSON", "SeededNumbers"]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "Postgres", dependencies: ["CPostgres", "System"]),
        // the same numbers for the same seed: for tests of any layer
        .target(name: "SeededNumbers", path: "Tests/SeededNumbers"),
        .target(
            name: "TestSupport", dependencies: ["Crypto", "HTTP", "JSON", "Market", "Postgres", "System"],
            path: "Tests/TestSupport"),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"]),
        .testTarget(name: "MigrationsTests", dependencies: ["Postgres", "TestSupport"]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "Crypto", dependencies: ["COpenSSL"]),
        .testTarget(name: "CryptoTests", dependencies: ["Crypto", "System", "TestSupport"]),
        .target(name: "WebAuthn", dependencies: ["Crypto", "JSON"]),
        .testTarget(name: "WebAuthnTests", dependencies: ["WebAuthn", "Crypto", "JSON"]),
        .executableTarget(
            name: "WebAuthnSpeed", dependencies: ["WebAuthn", "Crypto", "JSON", "System"],
            path: "Tests/Benchmarks/WebAuthnSpeed"),
        .executableTarget(
            name: "SignInSpeed", dependencies: ["JSON", "TestSupport"], path: "Tests/Benchmarks/SignInSpeed"),
        .target(name: "Jobs", dependencies: ["JSON", "Postgres", "System"]),
        .executableTarget(
            name: "JobsWorker", dependencies: ["Jobs", "JSON", "Postgres", "System"], path: "Tests/JobsWorker"),
        .testTarget(name: "JobsTests", dependencies: ["Jobs", "JobsWorker", "Postgres", "TestSupport"]),
        .systemLibrary(name: "CMalloc"),
        .target(name: "Daemon", dependencies: ["CMalloc", "JSON", "System"]),
        .executableTarget(name: "LargeBlocks", dependencies: ["Daemon"], path: "Tests/LargeBlocks"),
        .testTarget(name: "DaemonTests", dependencies: ["Daemon", "JSON", "LargeBlocks", "System"]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "HTTPClient", dependencies: ["CCurl", "HTTP"]),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient", "HTTP", "TestSupport"]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "Compression", dependencies: ["CZlib", "CZstd"]),
        .testTarget(name: "CompressionTests", dependencies: ["Compression", "CZstd"], exclude: ["Fixtures"]),
        .systemLibrary(name: "CProcess"),
        .target(name: "Supervision", dependencies: ["CProcess", "System"]),
        .testTarget(name: "SupervisionTests", dependencies: ["Supervision"]),
        // domain: pure; no I/O, no clock, no randomness, no Foundation, no async
        .target(name: "Market", dependencies: ["System"]),
        .testTarget(name: "MarketTests", dependencies: ["Market"]),
        .target(name: "PriceFiles", dependencies: ["JSON", "Market"]),
        // the bytes of a file without a file: for tests of any layer
        .target(name: "BytesInMemory", dependencies: ["PriceFiles"], path: "Tests/BytesInMemory"),
        .testTarget(
            name: "PriceFilesTests", dependencies: ["BytesInMemory", "PriceFiles", "JSON", "Market"],
            exclude: ["Fixtures"]),
        .target(name: "Providers", dependencies: ["JSON", "Market"]),
        .testTarget(name: "ProvidersTests", dependencies: ["Providers", "Market"]),
        .target(name: "Quality", dependencies: ["Market"]),
        .testTarget(name: "QualityTests", dependencies: ["Quality", "Market"]),
        .target(name: "Strategy", dependencies: ["JSON", "Market"]),
        .testTarget(name: "StrategyTests", dependencies: ["Strategy", "JSON", "SeededNumbers"]),
        .target(name: "Trading", dependencies: ["Market"]),
        .testTarget(name: "TradingTests", dependencies: ["Trading", "Market", "SeededNumbers"]),
        .systemLibrary(name: "CVectors"),
        .target(name: "Backtest", dependencies: ["CVectors", "JSON", "Market", "Strategy", "Trading"]),
        .testTarget(
            name: "BacktestTests",
            dependencies: ["Backtest", "CVectors", "JSON", "Market", "SeededNumbers", "Strategy", "Trading"],
            exclude: ["Fixtures"]),
        // product: one folder per feature, each with its routes and its SQL
        .target(
            name: "App",
            dependencies: [
                "JSON", "Compression", "FastCGI", "HTTP", "Postgres", "Crypto", "WebAuthn", "Daemon", "Jobs", "Market",
                "PriceFiles", "Providers", "Quality",
                "Strategy", "Trading", "Backtest", "Settings", "System", "Telemetry",
            ]),
        .testTarget(
            name: "AppTests",
            dependencies: [
                "App", "Backtest", "BytesInMemory", "Crypto", "Daemon", "HTTP", "JSON", "Jobs", "Market", "Postgres",
                "PriceFiles", "Providers", "Quality", "SeededNumbers", "Strategy", "System", "Telemetry",
                "TestSupport", "Trading", "WebAuthn",
            ]),
        // what needs the network: linked into `outward`, never into a responder
        .target(
            name: "Remote",
            dependencies: ["App", "Crypto", "Daemon", "HTTP", "HTTPClient", "JSON", "Market", "Providers", "System"]),
        .testTarget(
            name: "RemoteTests",
            dependencies: [
                "Remote", "App", "Crypto", "Daemon", "HTTP", "HTTPClient", "JSON", "Jobs", "Market", "Postgres",
                "Providers",
                "System", "TestSupport",
            ]),
        .target(
            name: "UntrustedBytes",
            dependencies: [
                "App", "BytesInMemory", "Compression", "Crypto", "FastCGI", "HTTP", "JSON", "Market", "PriceFiles",
                "Providers",
                "Remote", "Strategy",
                "WebAuthn",
            ],
            path: "Tests/UntrustedBytes"),
        .executableTarget(
            name: "UntrustedBytesReading", dependencies: ["SeededNumbers", "UntrustedBytes"],
            path: "Tests/UntrustedBytesReading",
            exclude: ["work.py"]),
        // archives of the database: made and read by the admin tool
        .target(
            name: "Backup", dependencies: ["App", "Crypto", "JSON", "Market", "Postgres", "Supervision", "System"]),
        .testTarget(
            name: "BackupTests",
            dependencies: ["Backup", "App", "Daemon", "JSON", "Postgres", "System", "TestSupport"]),
        // executables: about twenty lines each, apart from the admin tool
        // responder and backtestd
        .executableTarget(name: "inward", dependencies: ["App", "Daemon", "System"]),
        // outbound and worker
        .executableTarget(name: "outward", dependencies: ["App", "Daemon", "Jobs", "Remote", "System"]),
        .executableTarget(
            name: "bitstockerz",
            dependencies: [
                "App", "Backup", "Compression", "Daemon", "HTTP", "JSON", "Jobs", "Postgres", "PriceFiles", "Crypto",
                "Market",
                "Quality", "Settings", "Strategy", "Backtest",
                "Supervision", "System", "Telemetry",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // starts all of it for development and tests; not installed
        .executableTarget(
            name: "bitstockerz-dev",
            dependencies: [
                "Settings", "Supervision", "System",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "DevelopmentStackTests", dependencies: ["Settings", "bitstockerz-dev"]),
        // every library: what its comments show as examples is compiled
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "App", "Backtest", "Backup", "BytesInMemory", "Compression", "Crypto", "Daemon", "FastCGI", "HTTP",
                "HTTPClient", "JSON", "Jobs", "Market", "Postgres", "PriceFiles", "Providers", "Quality", "Remote",
                "Settings", "Strategy", "Supervision", "System", "Telemetry", "Trading", "WebAuthn",
            ]),
        .testTarget(name: "EndToEndTests", dependencies: ["JSON", "Market", "Postgres", "System", "TestSupport"]),
        .executableTarget(
            name: "ImportSpeed",
            dependencies: ["App", "JSON", "Market", "Postgres", "PriceFiles", "TestSupport"],
            path: "Tests/Benchmarks/ImportSpeed"),
        .executableTarget(
            name: "NumericText", dependencies: ["FastCGI", "HTTP", "Market", "Postgres"],
            path: "Tests/Benchmarks/NumericText"),
        .executableTarget(
            name: "Simulations",
            dependencies: ["Backtest", "BytesInMemory", "JSON", "Market", "PriceFiles", "SeededNumbers", "Strategy"],
            path: "Tests/Benchmarks/Simulations", linkerSettings: [.linkedLibrary("m")]),
        .executableTarget(
            name: "Benchmarks", dependencies: ["Backtest", "Daemon", "JSON", "Market", "SeededNumbers", "Strategy"],
            path: "Tests/Benchmarks/Engine", linkerSettings: [.linkedLibrary("m")]),
    ],
    swiftLanguageModes: [.v6]
)

// What touches memory is tested as an optimised build, too (Sources/Development/test.sh), and so is what is repeated
// thousands of times (Tests/Benchmarks/run.sh). A build of tests takes all of them: here those that are named, and what
// they need.
if let names = Context.environment["OPTIMISED_TESTS"] {
    var kept: Set<String> = [], next = names.split(separator: " ").map(String.init)
    while let name = next.popLast() {
        guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else {
            continue
        }
        next += target.dependencies.compactMap { if case .byNameItem(let name, _) = $0 { name } else { nil } }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.dependencies.removeAll()
}

// Fuzzing wants every module built for it (Sources/Development/fuzz.sh), and its own main from the toolchain.
if Context.environment["FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "UntrustedBytesFuzz", dependencies: ["UntrustedBytes"],
            path: "Tests/UntrustedBytesFuzz", exclude: ["Corpus"]))
}
