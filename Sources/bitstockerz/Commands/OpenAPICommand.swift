import App
import ArgumentParser

struct OpenAPICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the description of the API, as /api/openapi.json answers it; needs no database.")

    func run() { Console.writeLine(OpenAPI.bytes) }
}
